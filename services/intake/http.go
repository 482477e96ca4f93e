package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// allow decides whether the caller may take an action at the school in the path.
func (s *Intake) allow(c *gin.Context, action, kind string) (access.Subject, error) {
	return s.allowing(c, action, kind, nil)
}

// allowing is allow with what else the policy is to look at. A school that nobody knows is refused like one that is
// somebody else's.
func (s *Intake) allowing(c *gin.Context, action, kind string, attributes map[string]any) (access.Subject, error) {
	ctx := c.Request.Context()
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return subject, err
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return subject, err
	}
	path, err := s.directory.Path(ctx, school)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return subject, failure.New(failure.AccessDenied)
	}
	if err != nil {
		return subject, err
	}
	return subject, s.authorizer.Decide(ctx, subject, action, access.Resource{Type: kind, ID: concerning(c), Tenant: school, Path: path, Attributes: attributes})
}

// concerning names in the audit log the round of the path, or what the request makes; what is no id says anything and is
// left out.
func concerning(c *gin.Context) string {
	if c.Param("round_id") == "" {
		return idOf(rest.CreatedID(c))
	}
	id, err := uuid.Parse(c.Param("round_id"))
	if err != nil {
		return ""
	}
	return id.String()
}

// creation reads the Idempotency-Key. The id that it stands for is given the form of a UUID, since ids of technologies
// and rounds travel to services that want one.
func creation(c *gin.Context) (document.Creation, error) {
	made, err := rest.Creation(c)
	if err != nil {
		return made, err
	}
	made.ID = idOf(made.ID)
	return made, nil
}

func idOf(created string) string {
	if created == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(created))
	id := uuid.UUID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // RFC 9562, version 4
	return id.String()
}

func (s *Intake) listInstruments(c *gin.Context) error {
	if err := s.allowInstruments(c.Request.Context()); err != nil {
		return err
	}
	list := intakeapi.InstrumentList{Items: []intakeapi.InstrumentSummary{}}
	for _, one := range s.instruments.Newest() {
		list.Items = append(list.Items, intakeapi.InstrumentSummary{
			ID: one.ID, Version: one.Version, Kind: intakeapi.InstrumentSummaryKind(one.Kind),
			Theme: optional(intakeapi.Theme(one.Theme)),
			Title: intakeapi.Text{Da: one.Title.DA, En: one.Title.EN}, Intro: intakeapi.Text{Da: one.Intro.DA, En: one.Intro.EN},
			Items: len(one.Items()),
		})
	}
	c.JSON(http.StatusOK, list)
	return nil
}

func (s *Intake) getInstrument(c *gin.Context) error {
	if err := s.allowInstruments(c.Request.Context()); err != nil {
		return err
	}
	version, err := strconv.Atoi(c.Param("version"))
	if err != nil {
		return failure.NotFound("instrument")
	}
	one, err := s.instruments.Find(c.Param("instrument"), version)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(one)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	c.Header("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	c.Header("Cache-Control", "private, max-age=86400") // a version never changes
	c.Data(http.StatusOK, "application/json; charset=utf-8", raw)
	return nil
}

func (s *Intake) allowInstruments(ctx context.Context) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	return s.authorizer.Decide(ctx, subject, "instrument.read", access.Resource{Type: "instrument"})
}

func (s *Intake) listTechnologies(c *gin.Context) error {
	if _, err := s.allow(c, "technology.read", "technology"); err != nil {
		return err
	}
	return list(c, s.technologies, document.Query{Index: "by_creation", Descending: true},
		func(doc document.Document[Technology]) (intakeapi.Technology, error) { return technologyView(doc), nil })
}

func (s *Intake) getTechnology(c *gin.Context) error {
	if _, err := s.allow(c, "technology.read", "technology"); err != nil {
		return err
	}
	doc, err := s.technologies.Get(c.Request.Context(), c.Param("technology_id"))
	if err != nil {
		return err
	}
	return rest.OK(c, doc, technologyView(doc))
}

func (s *Intake) registerTechnology(c *gin.Context) error {
	if _, err := s.allow(c, "technology.register", "technology"); err != nil {
		return err
	}
	made, err := creation(c)
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.NewTechnology](c)
	if err != nil {
		return err
	}
	var more []string
	if asked.MoreKinds != nil {
		for _, kind := range *asked.MoreKinds {
			more = append(more, string(kind))
		}
	}
	technology, err := NewTechnology(asked.Name, string(asked.Kind), more, s.now())
	if err != nil {
		return err
	}
	doc, _, err := s.technologies.Create(c.Request.Context(), made, technology, technology.Registered(made.ID))
	if err != nil {
		return err
	}
	return rest.Created(c, doc, technologyView(doc))
}

func technologyView(doc document.Document[Technology]) intakeapi.Technology {
	t := intakeapi.Technology{
		TechnologyID: doc.ID, Name: doc.Body.Name, Kind: intakeapi.TechnologyKind(doc.Body.Kind), CreatedAt: doc.Body.CreatedAt,
	}
	if len(doc.Body.MoreKinds) > 0 {
		var more []intakeapi.TechnologyKind
		for _, kind := range doc.Body.MoreKinds {
			more = append(more, intakeapi.TechnologyKind(kind))
		}
		t.MoreKinds = &more
	}
	return t
}

// list answers with one page of a collection.
func list[T, V any](c *gin.Context, from *document.Collection[T], q document.Query, view func(document.Document[T]) (V, error)) error {
	return listSome(c, from, q, func(T) bool { return true }, view)
}

// listSome leaves documents out. A page may be shorter by them; it is empty only if there is nothing behind it.
func listSome[T, V any](c *gin.Context, from *document.Collection[T], q document.Query, some func(T) bool, view func(document.Document[T]) (V, error)) error {
	var err error
	if q.Cursor, q.Limit, err = rest.Page(c); err != nil {
		return err
	}
	answer := rest.List[V]{Items: []V{}}
	for more := true; more; {
		page, err := from.Find(c.Request.Context(), q)
		if err != nil {
			return err
		}
		for _, doc := range page.Items {
			if !some(doc.Body) {
				continue
			}
			item, err := view(doc)
			if err != nil {
				return err
			}
			answer.Items = append(answer.Items, item)
		}
		answer.Next, q.Cursor = page.Next, page.Next
		more = len(answer.Items) == 0 && page.Next != ""
	}
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(http.StatusOK, answer)
	return nil
}

// mayReadDrafts tells without a decision log's line whether the caller sees rounds before they are announced.
func (s *Intake) mayReadDrafts(ctx context.Context, subject access.Subject) (bool, error) {
	school, err := tenant.From(ctx)
	if err != nil {
		return false, err
	}
	scopes, err := s.authorizer.VisibleScopes(ctx, subject, "round.read_draft")
	return slices.Contains(scopes, school), err
}

// value is what a field that may be absent says.
func value[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

// optional is nil for a zero value, as absent fields are.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
