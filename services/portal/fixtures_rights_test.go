package portal

import (
	"archive/zip"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// rights answers with people to correct and erase, and with receipts of each kind: one of somebody who is erased, one that
// is still under way.
func (s *stage) rights(bo string) {
	people := tenancyapi.PersonList{NextCursor: pointer("2"), Items: []tenancyapi.Person{
		{PersonID: annaID, Name: "Anna Lind", Email: "anna@egebakken.example", Login: "anna", Language: "da", ExternalID: pointer("4711"), Revision: 3},
		{PersonID: bo, Name: "Bo Kjær", Email: "bo@egebakken.example", Login: "bo", Language: "da", Revision: 3},
		{PersonID: claraID, Name: "Clara Toft", Email: "clara@egebakken.example", Login: "clara", Language: "da", Suspended: pointer(true), Revision: 3},
	}}
	for _, owner := range []string{operatorID, platformID} {
		s.services["tenancy"].HandleFunc("GET "+under(owner, "persons"), func(w http.ResponseWriter, r *http.Request) {
			found := people
			if r.FormValue("q") == "nobody" {
				found = tenancyapi.PersonList{Items: []tenancyapi.Person{}}
			}
			w.Header().Set("Content-Type", "application/json")
			respond(s.t, w, found)
		})
		for _, one := range people.Items {
			s.on("tenancy", "GET "+under(owner, "persons", one.PersonID), one)
		}
	}
	s.on("tenancy", "POST "+under(platformID, "persons", "lookup"), tenancyapi.PersonNameList{})
	then := s.now().Add(-time.Hour)
	requests := tenancyapi.DataRequestList{Items: []tenancyapi.DataRequest{
		{RequestID: "e1", Kind: "erasure", Status: "done", PersonID: strings.ReplaceAll(annaID, "1", "9"), AskedAt: then, AskedBy: bo, DoneAt: &then},
		{RequestID: "e2", Kind: "erasure", Status: "under_way", PersonID: annaID, AskedAt: then, AskedBy: bo},
		{RequestID: "r1", Kind: "rectification", Status: "done", PersonID: annaID, AskedAt: then, AskedBy: bo, DoneAt: &then},
		{RequestID: "a1", Kind: "access", Status: "done", PersonID: bo, AskedAt: then, AskedBy: bo, DoneAt: &then, Hash: pointer(strings.Repeat("a", 64))},
		{RequestID: "no", Kind: "erasure", Status: "refused", PersonID: annaID, AskedAt: then, AskedBy: annaID, DoneAt: &then, Reason: pointer("Du er ansat endnu.")},
		{RequestID: "late", Kind: "erasure", Status: "waiting", PersonID: annaID, AskedAt: then, AskedBy: annaID, DueOn: pointer("2026-11-01"), Revision: 3},
		{RequestID: "asked", Kind: "rectification", Status: "waiting", PersonID: annaID, AskedAt: then, AskedBy: annaID, DueOn: pointer("2026-12-24"), Text: pointer("Jeg hedder Lund."), Revision: 3},
	}}
	waiting := tenancyapi.DataRequestList{Items: requests.Items[5:], NextCursor: pointer("2")}
	for _, owner := range []string{operatorID, platformID} {
		s.services["tenancy"].HandleFunc("GET "+under(owner, "data-requests"), func(w http.ResponseWriter, r *http.Request) {
			found := requests
			if r.FormValue("waiting") != "" {
				found = waiting
			}
			w.Header().Set("Content-Type", "application/json")
			respond(s.t, w, found)
		})
		for _, one := range requests.Items {
			s.on("tenancy", "GET "+under(owner, "data-requests", one.RequestID), one)
		}
	}
	s.on("tenancy", "GET /v1/me/data-requests", tenancyapi.DataRequestList{Items: requests.Items[2:]})
}

// registeredData is the data.json of tenancy's archive.
const registeredData = `{"roles": [{"scope": "` + schoolID + `", "scope_name": "Egebakkeskolen"}, {"scope": "dddddddddddd", "scope_name": "Lukket skole"}],
 "audit": [{"at": "2026-11-20T08:00:00Z", "scope_name": "Egebakkeskolen", "subject": "` + annaID + `", "action": "forum.create", "decision": "denied"},
  {"at": "2026-11-21T08:00:00Z", "scope_name": "Nordby", "subject": "99999999-0000", "action": "person.rectify", "about_you": true, "decision": "allowed"}]}`

// own answers with what each service holds about whoever asks.
func (s *stage) own() {
	s.on("tenancy", "GET /v1/me/unions", tenancyapi.MyUnionList{Items: []tenancyapi.MyUnion{
		{AssignmentID: "ra4", Scope: pointer(schoolID)}, {AssignmentID: "ra3", Union: "Undulaternes Forbund"},
	}})
	s.services["tenancy"].HandleFunc("GET /v1/me/export", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		files := zip.NewWriter(w)
		for name, text := range map[string]string{"index.html": "<!doctype html>", "data.json": registeredData} {
			file, err := files.Create(name)
			if err == nil {
				_, err = file.Write([]byte(text))
			}
			if err != nil {
				s.t.Error(err)
			}
		}
		if err := files.Close(); err != nil {
			s.t.Error(err)
		}
	})
	var held dialogueapi.PersonRecords
	if err := json.Unmarshal([]byte(`{"format": "guldkorn.dialogue.person/1",
		"dialogues": [{"tenant_id": "dddddddddddd", "dialogue_id": "d1", "title": "Hjælp", "state": "closed", "part": "facilitator", "created_at": "2026-10-01T08:00:00Z", "minutes_versions": 1}],
		"actions": [{"tenant_id": "`+schoolID+`", "action_id": "a1", "dialogue_id": "d1", "text": "Lav en plan", "owner": true, "proposer": false, "due_on": "2026-12-21", "status": "blocked", "reason": "Venter"}],
		"outcomes": [{"tenant_id": "dddddddddddd", "dialogue_id": "d1", "kind": "decision", "text": "Vi sætter tid af", "recorded_at": "2026-10-01T08:00:00Z"}]}`), &held); err != nil {
		s.t.Error(err)
	}
	s.on("dialogue", "GET /v1/me/records", held)
	s.on("intake", "GET /v1/me/records", intakeapi.PersonRecords{Format: "guldkorn.intake.person/1", Rounds: []intakeapi.RosterPlace{
		{TenantID: schoolID, RoundID: "ropen", Title: "Hvordan går det med Skolevejen, runde 3", UnitID: "u1", OpensOn: "2026-11-20", ClosesOn: "2026-12-04"},
	}, Mailboxes: &[]intakeapi.MailboxRecord{{TenantID: schoolID, KeyHash: strings.Repeat("0a", 32), Since: "2026-11-02", Conversations: []intakeapi.ConversationRecord{
		{ConversationID: "c1", Messages: 2, LastOn: "2026-11-20"},
	}}}})
}

// leaving answers with deletions in each state, under its name; of the school itself nobody has asked for one.
func (s *stage) leaving(bo string) {
	var list tenancyapi.DeletionList
	for _, state := range deletionStates {
		d := tenancyapi.Deletion{OrganisationID: state, Kind: "school", Name: "Lille Lyng Skole", State: tenancyapi.DeletionState(state),
			RequestedAt: s.now(), RequestedBy: bo, DueAt: s.now().AddDate(0, 0, 30), Revision: 3}
		if state == "done" {
			d.CertificateHash = pointer(strings.Repeat("a", 64))
		}
		s.on("tenancy", "GET "+under(operatorID, "deletions", state), d)
		list.Items = append(list.Items, d)
	}
	s.on("tenancy", "GET "+under(operatorID, "deletions"), list)
	s.on("tenancy", "GET "+under(platformID, "deletions"), tenancyapi.DeletionList{Items: []tenancyapi.Deletion{}})
}
