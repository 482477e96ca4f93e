package document

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
)

type inner struct {
	Place string `bson:"place"`
}

type body struct {
	Inlined    inner `bson:",inline"`
	Name       string
	Number     uint16    `bson:"number"`
	Big        uint64    `bson:"big"`
	Part       float64   `bson:"part"`
	Yes        bool      `bson:"yes"`
	When       time.Time `bson:"when"`
	Optional   string    `bson:"optional,omitempty"`
	Pointer    *string   `bson:"pointer"`
	List       []string  `bson:"list"`
	Nested     inner     `bson:"nested"`
	MaybeInner inner     `bson:"maybe,omitempty"`
	Map        map[string]string
}

func TestIndexFieldsAreAlwaysWrittenScalars(t *testing.T) {
	for field, want := range map[string]string{
		"name":         "",
		"number":       "",
		"yes":          "",
		"when":         "",
		"place":        "",
		"nested.place": "",
		"absent":       "no field with the bson name",
		"big":          "uint64 is not",
		"part":         "float64 is not",
		"optional":     "must not be omitempty",
		"maybe.place":  "must not be omitempty",
		"pointer":      "*string is not",
		"list":         "[]string is not",
		"nested":       "inner is not",
		"map.key":      "no fixed fields",
		"when.year":    "no fixed fields",
		"Name":         "malformed",
		"a..b":         "malformed",
		"x-y":          "malformed",
	} {
		t.Run(field, func(t *testing.T) {
			_, err := Open[body](t.Context(), NewStore(openable{}, "test", time.Now), Schema{Name: "things", Indexes: []Index{{Name: "by", Fields: []string{field}}}})
			if want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestSchemasAreChecked(t *testing.T) {
	for want, schema := range map[string]Schema{
		`collection "Things"`:  {Name: "Things"},
		`collection "_leases"`: {Name: "_leases"},
		`index "by id"`:        {Name: "things", Indexes: []Index{{Name: "by id"}}},
		"declared twice":       {Name: "things", Indexes: []Index{{Name: "by_id"}, {Name: "by_id"}}},
		"has no fields":        {Name: "things", Indexes: []Index{{Name: "by_id", Unique: true}}},
		"repeated":             {Name: "things", Indexes: []Index{{Name: "by", Fields: []string{"name", "name"}}}},
	} {
		_, err := Open[body](t.Context(), NewStore(openable{}, "test", time.Now), schema)
		require.ErrorContains(t, err, want)
	}
}

func TestACollectionHasOneDeclaration(t *testing.T) {
	store := NewStore(openable{}, "test", time.Now)
	schema := Schema{Name: "things", Indexes: []Index{{Name: "by", Fields: []string{"name"}}}}
	for range 2 {
		_, err := Open[body](t.Context(), store, schema)
		require.NoError(t, err)
	}
	_, err := Open[body](t.Context(), store, Schema{Name: "things"})
	require.ErrorContains(t, err, "another declaration")
}

func TestBodiesAreComparedByWhatTheySay(t *testing.T) {
	raw := func(d bson.D) bson.Raw {
		encoded, err := bson.Marshal(d)
		require.NoError(t, err)
		return encoded
	}
	a, b := bson.E{Key: "a", Value: 1}, bson.E{Key: "b", Value: bson.A{bson.D{{Key: "x", Value: 1}, {Key: "y", Value: "z"}}}}
	turned := bson.E{Key: "b", Value: bson.A{bson.D{{Key: "y", Value: "z"}, {Key: "x", Value: 1}}}}
	require.True(t, same(raw(bson.D{a, b}), raw(bson.D{turned, a})))
	require.False(t, same(raw(bson.D{a, b}), raw(bson.D{a})))
	require.False(t, same(raw(bson.D{a}), raw(bson.D{{Key: "a", Value: 2}})))
	require.False(t, same(raw(bson.D{a}), raw(bson.D{{Key: "c", Value: 1}})))
	require.False(t, same(raw(bson.D{{Key: "a", Value: int32(1)}}), raw(bson.D{{Key: "a", Value: true}})))
	require.False(t, same(raw(bson.D{{Key: "a", Value: bson.A{1, 2}}}), raw(bson.D{{Key: "a", Value: bson.A{2, 1}}})))
}
