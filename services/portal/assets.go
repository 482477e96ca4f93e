package portal

import (
	"embed"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

//go:embed static
var staticFiles embed.FS

// assets are the bundled style sheet, scripts and fonts. Their names carry their content's hash, so browsers may keep
// them for ever.
type assets struct {
	names map[string]string // "app.css" -> "app-X7K2.css"
}

func loadAssets() (*assets, error) {
	raw, err := staticFiles.ReadFile("static/manifest.json")
	if err != nil {
		return nil, fmt.Errorf("bundled assets: %w", err)
	}
	var manifest struct {
		Assets map[string]string `json:"assets"`
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return nil, fmt.Errorf("bundled assets: %w", err)
	}
	return &assets{names: manifest.Assets}, nil
}

// url is the address of an asset in templates.
func (a *assets) url(name string) (string, error) {
	hashed, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("no bundled asset %q", name)
	}
	return "/static/" + hashed, nil
}

func (a *assets) serve(c *gin.Context) {
	name := path.Base(c.Param("name"))
	raw, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		host.Refuse(c, failure.New(failure.RequestNoRoute))
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, contentType(name), raw)
}

// icon serves the mark; its address has no hash, so it is kept for a day.
func (a *assets) icon(c *gin.Context) {
	raw, err := staticFiles.ReadFile("static/mark.svg")
	if err != nil {
		host.Refuse(c, failure.New(failure.RequestNoRoute))
		return
	}
	c.Header("Cache-Control", "public, max-age=86400")
	c.Data(http.StatusOK, contentType("mark.svg"), raw)
}

func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".woff2":
		return "font/woff2" // not in every system's table
	case ".svg":
		return "image/svg+xml"
	default:
		return mime.TypeByExtension(ext)
	}
}
