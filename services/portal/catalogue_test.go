package portal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/stretchr/testify/require"
)

func TestBothLanguagesSayTheSame(t *testing.T) {
	all, err := loadWords()
	require.NoError(t, err)
	danish, english := all["da"], all["en"]
	for key, m := range danish.messages {
		other, ok := english.messages[key]
		require.True(t, ok, "en.json has no %s", key)
		require.Equal(t, m.argumentsOf(), other.argumentsOf(), key)
		require.NotEmpty(t, danish.text(key), key)
		require.NotEmpty(t, english.text(key), key)
	}
	require.Len(t, english.messages, len(danish.messages), "en.json has keys that da.json lacks")
}

// TestEveryTextIsThereAndUsed holds the catalogues against the templates, the program and the families.
func TestEveryTextIsThereAndUsed(t *testing.T) {
	used := map[string]bool{}
	for family, members := range families() {
		for _, member := range members {
			used[family+"."+member] = true
		}
	}
	for _, key := range resultColumns {
		used[key] = true
	}
	inTemplates(t, used)
	inProgram(t, used)
	all, err := loadWords()
	require.NoError(t, err)
	there := slices.Sorted(maps.Keys(all["da"].messages))
	require.Equal(t, slices.Sorted(maps.Keys(used)), there)
}

// inTemplates finds t "key" and word "family" in every template, also inside other calls.
func inTemplates(t *testing.T, used map[string]bool) {
	t.Helper()
	require.NoError(t, fs.WalkDir(pageFiles, "pages", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		raw, err := pageFiles.ReadFile(path)
		require.NoError(t, err)
		tree := parse.New(path)
		tree.Mode = parse.SkipFuncCheck
		sets := map[string]*parse.Tree{}
		_, err = tree.Parse(string(raw), "", "", sets)
		require.NoError(t, err)
		for _, one := range sets {
			walkTemplate(t, path, one.Root, used)
		}
		return nil
	}))
}

func walkTemplate(t *testing.T, path string, node parse.Node, used map[string]bool) {
	t.Helper()
	each := func(nodes ...parse.Node) {
		for _, one := range nodes {
			walkTemplate(t, path, one, used)
		}
	}
	branch := func(b *parse.BranchNode) {
		each(b.Pipe, b.List)
		if b.ElseList != nil {
			each(b.ElseList)
		}
	}
	switch n := node.(type) {
	case *parse.ListNode:
		each(n.Nodes...)
	case *parse.ActionNode:
		each(n.Pipe)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			each(n.Pipe)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			each(command)
		}
	case *parse.CommandNode:
		keyOf(t, path, n, used)
		each(n.Args...)
	}
}

func keyOf(t *testing.T, path string, n *parse.CommandNode, used map[string]bool) {
	t.Helper()
	name, ok := n.Args[0].(*parse.IdentifierNode)
	if !ok || len(n.Args) < 2 {
		return
	}
	literal, isLiteral := n.Args[1].(*parse.StringNode)
	switch {
	case name.Ident == "word":
		require.True(t, isLiteral, "%s: %s: a family has to be a literal", path, n)
		require.Contains(t, families(), literal.Text, "%s: %s", path, n)
	case name.Ident == "t" && isLiteral:
		used[literal.Text] = true
	case name.Ident == "t":
		require.Contains(t, []string{".Key"}, n.Args[1].String(), "%s: %s: a key has to be a literal, or named in the program", path, n)
	}
}

// inProgram finds the keys that the program gives to text, add and Key.
func inProgram(t *testing.T, used map[string]bool) {
	t.Helper()
	note := func(e ast.Expr) {
		if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			key, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			used[key] = true
		}
	}
	inspect := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := ""
			switch fn := n.Fun.(type) {
			case *ast.SelectorExpr:
				name = fn.Sel.Name
			case *ast.Ident:
				name = fn.Name
			}
			if (name == "text" || name == "add") && len(n.Args) > 0 {
				note(n.Args[0])
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Key" {
				note(n.Value)
			}
		}
		return true
	}
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, inspect)
	}
}
