package tenancy

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

func (s *Service) routes(engine *gin.Engine) {
	v1 := engine.Group("/v1", host.Authenticate(s.deps.Verify, s.rolesOf))
	v1.POST("/platform", host.Handle(s.createPlatform))
	v1.POST("/sign-ins/match", host.Handle(s.matchSignIn))
	v1.POST("/set-up/check", host.Handle(s.checkSetUp))
	v1.PUT("/set-up", host.Handle(s.setUpPlatform))
	v1.POST("/api-keys/match", host.Handle(s.matchAPIKey))
	v1.GET("/me", host.Handle(s.getMe))
	v1.GET("/me/export", host.Handle(s.exportMe))
	v1.GET("/me/unions", host.Handle(s.listMyUnions))
	v1.PUT("/me/unions/:assignment_id", host.Handle(s.setMyUnion))
	v1.DELETE("/me/unions/:assignment_id", host.Handle(s.forgetMyUnion))
	v1.GET("/me/data-requests", host.Handle(s.listMyDataRequests))
	v1.POST("/me/data-requests", host.Handle(s.createMyDataRequest))
	v1.GET("/snapshots/:kind", host.Handle(s.getSnapshot))

	t := v1.Group("/tenants/:tenant_id", host.Tenant())
	t.GET("/organisation", host.Handle(s.getOrganisation))
	t.PATCH("/organisation", host.Handle(s.changeOrganisation))
	t.GET("/tightening", host.Handle(s.getTightening))
	t.PUT("/tightening", host.Handle(s.setTightening))
	t.GET("/provisioning", host.Handle(s.getProvisioning))
	t.PUT("/provisioning", host.Handle(s.setProvisioning))
	s.brandingRoutes(t)
	t.POST("/organisations", host.Handle(s.createOrganisation))
	t.GET("/organisations", host.Handle(s.listOrganisations))
	t.POST("/units", host.Handle(s.createUnit))
	t.GET("/units", host.Handle(s.listUnits))
	t.GET("/units/:unit_id", host.Handle(s.getUnit))
	t.PATCH("/units/:unit_id", host.Handle(s.changeUnit))
	t.GET("/staff", host.Handle(s.listStaff))
	t.POST("/staff", host.Handle(s.hireStaff))
	t.POST("/persons", host.Handle(s.createPerson))
	t.GET("/persons", host.Handle(s.listPersons))
	t.POST("/persons/lookup", host.Handle(s.lookUpPersons))
	t.GET("/persons/:person_id", host.Handle(s.getPerson))
	s.importRoutes(t)
	s.signInProviderRoutes(v1, t)
	s.scimRoutes(t)
	t.PATCH("/persons/:person_id", host.Handle(s.rectifyPerson))
	t.POST("/persons/:person_id/erase", host.Handle(s.erasePerson))
	t.POST("/persons/:person_id/reinstate", host.Handle(s.reinstatePerson))
	t.GET("/data-requests", host.Handle(s.listDataRequests))
	t.GET("/data-requests/:request_id", host.Handle(s.getDataRequest))
	t.POST("/data-requests/:request_id/answer", host.Handle(s.answerDataRequest))
	t.GET("/export", host.Handle(s.exportTenant))
	s.deletionRoutes(t)
	t.POST("/role-assignments", host.Handle(s.createRoleAssignment))
	t.GET("/role-assignments", host.Handle(s.listRoleAssignments))
	t.POST("/role-assignments/:assignment_id/end", host.Handle(s.endRoleAssignment))
	t.POST("/role-assignments/:assignment_id/move", host.Handle(s.moveEmployee))
	t.POST("/persons/:person_id/leave", host.Handle(s.leaveScope))
	t.POST("/api-keys", host.Handle(s.createAPIKey))
	t.GET("/api-keys", host.Handle(s.listAPIKeys))
	t.POST("/api-keys/:key_id/revoke", host.Handle(s.revokeAPIKey))
	t.POST("/forums", host.Handle(s.createForum))
	t.GET("/forums", host.Handle(s.listForums))
	t.GET("/forums/:forum_id", host.Handle(s.getForum))
	t.PATCH("/forums/:forum_id", host.Handle(s.changeForum))
	t.PUT("/forums/:forum_id/members", host.Handle(s.setForumMembers))
	t.POST("/forums/:forum_id/end", host.Handle(s.endForum))
	t.GET("/forum-parents", host.Handle(s.listForumParents))
	t.GET("/forum-proposals", host.Handle(s.listForumProposals))
	t.POST("/forum-structures", host.Handle(s.createForumStructure))
	t.GET("/dead-letters", host.Handle(s.countDeadLetters))
	t.GET("/audit-entries", host.Handle(s.listAuditEntries))
	t.GET("/audit-export", host.Handle(s.exportAuditLog))
	t.GET("/audit-verification", host.Handle(s.verifyAuditLog))
}

// rolesOf returns what roles a person has now, for the policy.
func (s *Service) rolesOf(ctx context.Context, person string) ([]access.Assignment, error) {
	held, err := s.store.held(ctx, person)
	if err != nil {
		return nil, err
	}
	return effective(held, s.now()), nil
}

// creating reads the key and the body of a creating request.
func creating[T any](c *gin.Context) (document.Creation, T, error) {
	creation, err := rest.Creation(c)
	if err != nil {
		var none T
		return creation, none, err
	}
	in, err := host.Decode[T](c)
	return creation, in, err
}

// listing runs one page of a query and shows each of its documents; show leaves one out by returning false.
func listing[B, T any](c *gin.Context, find func(context.Context, document.Query) (document.Page[B], error), q document.Query,
	show func(document.Document[B]) (T, bool, error)) (rest.List[T], error) {
	list := rest.List[T]{Items: []T{}}
	var err error
	if q.Cursor, q.Limit, err = rest.Page(c); err != nil {
		return list, err
	}
	page, err := find(c.Request.Context(), q)
	if err != nil {
		return list, err
	}
	list.Next = page.Next
	for _, d := range page.Items {
		item, shown, err := show(d)
		if err != nil {
			return list, err
		}
		if shown {
			list.Items = append(list.Items, item)
		}
	}
	return list, nil
}

// showAll answers with one page of a query, to whoever may take the action.
func showAll[B, T any](c *gin.Context, s *Service, action, kind string, from *document.Collection[B], q document.Query, show func(document.Document[B]) T) error {
	if err := s.decideHere(c.Request.Context(), action, kind, nil); err != nil {
		return err
	}
	list, err := listing(c, from.Find, q,
		func(d document.Document[B]) (T, bool, error) { return show(d), true, nil })
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// showOne answers with one entity, to whoever may take the action.
func showOne[B, T any](c *gin.Context, s *Service, action, kind, id string, from *document.Collection[B], show func(document.Document[B]) T) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, action, kind, nil); err != nil {
		return err
	}
	d, err := from.Get(ctx, id)
	if err != nil {
		return err
	}
	return rest.OK(c, d, show(d))
}
