package tenancy

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/projection"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// store is the service's collections. Organisations, units, forums and administrations are in the tenant that they
// are or belong to, persons and assignments in that of the operator.
type store struct {
	organisations   *document.Collection[organisation]
	units           *document.Collection[unit]
	persons         *document.Collection[person]
	assignments     *document.Collection[assignment]
	administrations *document.Collection[administration]
	forums          *document.Collection[forum]
	apiKeys         *document.Collection[apiKey]
	signInProviders *document.Collection[signInProvider]
	groupLinks      *document.Collection[groupLink] // in the operator's tenant
	setUps          *document.Collection[setUp]     // one document, in no tenant's own
	imports         *document.Collection[listImport]
	importFiles     *document.Collection[importFile]
	memberships     *document.Collection[membership]  // in the operator's tenant
	dataRequests    *document.Collection[dataRequest] // in the operator's tenant
	deletions       *document.Collection[deletion]    // in the tenant above the one that goes
	recounts        *document.Collection[recount]     // in the school's
	logos           *document.Collection[logo]        // in the operator's tenant

	children   *document.Across[organisation]
	logins     *document.Across[person]
	offers     *document.Across[signInProvider]
	roots      *document.Across[organisation]
	anywhere   *document.Across[assignment]
	underway   *document.Across[listImport]
	unfinished *document.Across[dataRequest]
	uncounted  *document.Across[recount]

	dueDeletions *document.Across[deletion]

	parents sync.Map // tenant.ID -> tenant.ID; an organisation never moves
}

// personsSchema stands apart for migrate.go.
var personsSchema = document.Schema{Name: "persons", Indexes: []document.Index{
	{Name: "by_registration", Fields: []string{"registered_at"}},
	{Name: "by_change", Fields: []string{"changed_at"}},
	{Name: "by_provision", Fields: []string{"withdrawn", "registered_at"}},
	{Name: "by_suspension", Fields: []string{"withdrawn", "suspended", "registered_at"}},
	{Name: "by_external", Fields: []string{"external_hash"}},
	{Name: "by_unilogin", Fields: []string{"unilogin_hash"}},
	{Name: "by_login", Fields: []string{"login_hash"}, Unique: true},
	{Name: "by_login_anywhere", Fields: []string{"login_hash"}, Across: true},
}}

func openStore(ctx context.Context, d *document.Store) (*store, error) {
	var s store
	err := errors.Join(
		opened(ctx, d, &s.organisations, document.Schema{Name: "organisations", Indexes: []document.Index{
			{Name: "by_parent", Fields: []string{"parent_id", "name"}, Across: true},
			{Name: "by_identity", Fields: []string{"identity"}, Across: true, Unique: true},
			projection.Everything,
		}}),
		opened(ctx, d, &s.units, document.Schema{Name: "units", Indexes: []document.Index{
			{Name: "by_name", Fields: []string{"name"}},
			projection.Everything,
		}}),
		opened(ctx, d, &s.persons, personsSchema),
		opened(ctx, d, &s.assignments, document.Schema{Name: "assignments", Indexes: []document.Index{
			{Name: "by_holding", Fields: []string{"holding"}, Unique: true},
			{Name: "by_person", Fields: []string{"person_id", "from"}},
			{Name: "by_scope", Fields: []string{"scope", "from"}},
			{Name: "by_person_anywhere", Fields: []string{"person_id"}, Across: true},
			{Name: "by_scope_anywhere", Fields: []string{"scope"}, Across: true},
			projection.Everything,
		}}),
		opened(ctx, d, &s.recounts, document.Schema{Name: "recounts", Indexes: []document.Index{
			{Name: "by_due", Fields: []string{"due"}, Across: true},
		}}),
		opened(ctx, d, &s.logos, document.Schema{Name: "logos", Indexes: []document.Index{
			{Name: "by_time", Fields: []string{"at"}},
		}}),
		opened(ctx, d, &s.administrations, document.Schema{Name: "administrations"}),
		opened(ctx, d, &s.apiKeys, document.Schema{Name: "api_keys", Indexes: []document.Index{
			{Name: "by_creation", Fields: []string{"created_at"}},
			{Name: "by_prefix", Fields: []string{"prefix"}},
		}}),
		opened(ctx, d, &s.groupLinks, document.Schema{Name: "group_links", Indexes: []document.Index{
			{Name: "by_external", Fields: []string{"external_id"}},
		}}),
		opened(ctx, d, &s.signInProviders, document.Schema{Name: "sign_in_providers", Indexes: []document.Index{
			{Name: "by_name", Fields: []string{"name"}},
			{Name: "by_offer", Fields: []string{"enabled", "name"}, Across: true},
		}}),
		opened(ctx, d, &s.setUps, document.Schema{Name: "set_ups"}),
		opened(ctx, d, &s.imports, document.Schema{Name: "imports", Indexes: []document.Index{
			{Name: "by_creation", Fields: []string{"created_at"}},
			{Name: "by_status", Fields: []string{"status", "created_at"}, Across: true},
		}}),
		opened(ctx, d, &s.importFiles, document.Schema{Name: "import_files"}),
		opened(ctx, d, &s.dataRequests, document.Schema{Name: "data_requests", Indexes: []document.Index{
			{Name: "by_asking", Fields: []string{"asked_at"}},
			{Name: "by_person", Fields: []string{"person_id", "asked_at"}},
			{Name: "by_waiting", Fields: []string{"waiting", "asked_at"}},
			{Name: "open_anywhere", Fields: []string{"open", "asked_at"}, Across: true},
		}}),
		opened(ctx, d, &s.deletions, document.Schema{Name: "deletions", Indexes: []document.Index{
			{Name: "by_request", Fields: []string{"requested_at"}},
			{Name: "open_anywhere", Fields: []string{"open", "next_at"}, Across: true},
		}}),
		opened(ctx, d, &s.memberships, document.Schema{Name: "memberships", Indexes: []document.Index{
			{Name: "by_person", Fields: []string{"person_id"}},
		}}),
		opened(ctx, d, &s.forums, document.Schema{Name: "forums", Indexes: []document.Index{
			{Name: "by_name", Fields: []string{"name"}},
			projection.Everything,
		}}),
	)
	if err != nil {
		return nil, err
	}
	s.children = document.NewAcross(s.organisations, asked)
	s.logins = document.NewAcross(s.persons, asked)
	s.roots = document.NewAcross(s.organisations, unconditional)
	s.offers = document.NewAcross(s.signInProviders, asked)
	s.underway = document.NewAcross(s.imports, unconditional)
	s.anywhere = document.NewAcross(s.assignments, unconditional)
	s.uncounted = document.NewAcross(s.recounts, unconditional)
	s.unfinished = document.NewAcross(s.dataRequests, unconditional)
	s.dueDeletions = document.NewAcross(s.deletions, unconditional)
	return &s, nil
}

func opened[T any](ctx context.Context, d *document.Store, into **document.Collection[T], schema document.Schema) (err error) {
	*into, err = document.Open[T](ctx, d, schema)
	return err
}

// asked guards reads across tenants that answer a request: somebody must be asking. What they get to see is decided
// before the read.
func asked(ctx context.Context) error {
	_, err := access.SubjectFrom(ctx)
	return err
}

// unconditional guards reads that the service makes to decide by, also before it is known who may ask.
func unconditional(context.Context) error { return nil }

// organisation returns a tenant's organisation, or the failure document.not_found.
func (s *store) organisation(ctx context.Context, id tenant.ID) (document.Document[organisation], error) {
	return s.organisations.Get(tenant.With(ctx, id), string(id))
}

// maxDepth is more than the levels that organisations, or units, have; a longer way up is a mistake in the data.
const maxDepth = 16

// path returns the tenants from the platform down to id. One that does not exist has no ancestors, so that only
// services get as far as being told so.
func (s *store) path(ctx context.Context, id tenant.ID) ([]tenant.ID, error) {
	var path []tenant.ID
	for at := id; at != ""; {
		if len(path) == maxDepth {
			return nil, errors.New("tenancy: organisations do not form a tree")
		}
		path = append(path, at)
		if parent, ok := s.parents.Load(at); ok {
			at = parent.(tenant.ID)
			continue
		}
		found, err := s.organisation(ctx, at)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			break
		}
		if err != nil {
			return nil, err
		}
		parent := tenant.ID(found.Body.ParentID)
		s.parents.Store(at, parent)
		at = parent
	}
	slices.Reverse(path)
	return path, nil
}

// held returns a person's assignments in every scope, ended and coming ones too.
func (s *store) held(ctx context.Context, person string) ([]document.Document[assignment], error) {
	return collect(s.anywhere.All(ctx, document.Query{Index: "by_person_anywhere", Equal: []any{person}}))
}

// within returns all assignments in a scope, ended and coming ones too.
func (s *store) within(ctx context.Context, scope tenant.ID) ([]document.Document[assignment], error) {
	return collect(s.anywhere.All(ctx, document.Query{Index: "by_scope_anywhere", Equal: []any{string(scope)}}))
}

// personBy returns the first person of the context's tenant whom an index has under a hash, nil for nobody.
func (s *store) personBy(ctx context.Context, index, hash string) (*document.Document[person], error) {
	if hash == "" {
		return nil, nil
	}
	found, err := s.persons.Find(ctx, document.Query{Index: index, Equal: []any{hash}, Limit: 1})
	if err != nil || len(found.Items) == 0 {
		return nil, err
	}
	return &found.Items[0], nil
}

func collect[T any](all func(func(document.Document[T], error) bool)) ([]document.Document[T], error) {
	var list []document.Document[T]
	for one, err := range all {
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}
