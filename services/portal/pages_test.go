package portal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// everyPage are the addresses of all pages, in all states that look different or, once more in another language, in those
// that say something different.
func everyPage(states bool) []string {
	at := func(parts ...string) string { return schoolPath(schoolID, parts...) }
	pages := []string{
		"/privacy", "/about", "/accessibility", "/keyboard", "/nowhere", "/inbox", "/sessions", "/own-data",
		"/operators/" + operatorID + "/follow-through", "/unions/" + unionID + "/benchmark",
		at(), at("start"), at("technologies"), at("rounds"), at("rounds", "new"), at("results"), at("results", "rel1"), at("results", "rel1") + "?node=u1", at("results", "few"), at("common-results"), at("common-results", "common1"), at("common-results", "common1") + "?node=" + otherSchoolID, "/operators/" + operatorID + "/common-results/common1", at("rounds", "rwritten", "texts"), at("rounds", "rpublished", "texts"), at("rounds", "rsilent", "texts"), at("confidential"), at("confidential") + "?gone=yes", at("anonymous"), at("anonymous", "months", "october"), at("anonymous", "months", "september"), at("anonymous", "months", "different", "roster"), at("anonymous", "months", "stuffed", "roster"), at("confidential", "received"), at("confidential", "received", "open"),
		at("results", "relgroups"), at("results", "relgroups") + "?node=staff_group-teacher", at("rounds", "rgroups"), at("rounds", "rcrossed"), at("rounds", "rgrouproster", "roster"), at("rounds", "new") + "?before=rgroups",
		at("results", "rel1", "cells", "core_task", "meaning"), at("results", "rel1", "cells", "core_task", "predictability") + "?node=u1",
		at("results", "rel1", "cells", "implementation", "demands"), at("rounds", "rcountersigning", "roster"), at("rounds", "rstuffed", "roster"), at("actions"), at("quiet-hours"), at("administration"), at("administration", "people", annaID),
		"/operators/" + operatorID + "/schools", "/operators/" + operatorID + "/keys", at("administration", "keys"), "/operators/" + operatorID + "/schools/" + schoolID,
		"/operators/" + operatorID + "/export", at("administration", "export"), "/operators/" + operatorID + "/deletions", "/platforms/" + platformID + "/deletions",
		"/operators/" + operatorID + "/schools/" + schoolID + "/deletion", "/operators/" + operatorID + "/schools/waiting/deletion", "/operators/" + operatorID + "/schools/done/deletion", "/platforms/" + platformID + "/operators/" + operatorID + "/deletion",
		"/operators/" + operatorID + "/data-requests?receipt=e1", "/operators/" + operatorID + "/data-requests/requests/asked", "/operators/" + operatorID + "/data-requests/people", "/operators/" + operatorID + "/data-requests/people/" + annaID,
		at("administration", "details"), at("administration", "details") + "?saved=yes", "/operators/" + operatorID + "/details",
		"/operators/" + operatorID + "/imports", "/operators/" + operatorID + "/imports/wrong",
		"/operators/" + operatorID + "/branding", "/operators/" + operatorID + "/branding?saved=yes",
		"/operators/" + operatorID + "/operation", "/platforms/" + platformID + "/operation",
		"/platforms/" + platformID + "/data-requests", "/platforms/" + platformID + "/data-requests/people/" + annaID,
		"/operators/" + operatorID + "/provisioning", "/operators/" + operatorID + "/tightening", "/operators/" + operatorID + "/common-rounds", at("rounds", "new") + "?common=cr1", at("administration", "tightening"),
		"/platforms/" + platformID + "/operators", "/platforms/" + platformID + "/operators/" + operatorID,
		"/operators/" + operatorID + "/sign-in", "/operators/" + operatorID + "/sign-in/new?preset=unilogin", "/platforms/" + platformID + "/sign-in/providers/2f?saved=yes",
		at("administration", "audit"), at("administration", "audit") + "?check=yes&subject=" + annaID, "/operators/" + operatorID + "/audit?check=yes", "/platforms/" + platformID + "/audit",
		at("dialogues"), at("dialogues", "new"), at("dialogues", "new") + "?release=rel1&theme=relations&quality=demands",
		at("agreements"), at("agreements") + "?forum_id=f1&status=in_force", at("agreements", "asked"), at("escalations"), "/operators/" + operatorID + "/escalations", at("trace", "cells", "rel1", "implementation", "meaning"), at("dialogues", "new") + "?month_id=october&experience_id=" + toldID, at("dialogues", "decide", "trace"), at("actions") + "?status=done&owner=me&forum_id=f1", at("escalations", "asked"), at("escalations", "late"), at("escalations", "answered"), at("dialogues", "decide", "agreements", "new") + "?replaces=force",
		at("adaptations", "good"), "/operators/" + operatorID + "/playbooks", "/operators/" + operatorID + "/playbooks/ground-rules/2", "/operators/" + operatorID + "/adaptations/wrong", at("adaptations", "wrong"), at("playbooks"), at("playbooks") + "?theme=relations&minutes=20", at("playbooks", "gains-and-risks", "2"), at("dialogues", "new") + "?playbook=digital-status@2",
		at("dialogues", "concluding", "phases", "p2", "paper"), at("dialogues", "concluding", "phases", "p3", "paper"), at("dialogues", "draft", "phases", "p2", "sheet"), at("dialogues", "draft", "phases", "p3", "sheet"),
		at("dialogues", "share", "shared"), at("dialogues", "share", "guests"), at("dialogues", "decide", "guests"),
		at("dialogues", "review", "minutes"), at("dialogues", "concluding", "minutes"), at("dialogues", "before", "beforehand"),
		"/operators/" + operatorID + "/data-requests/people?q=nobody",
		"/operators/" + operatorID + "/data-requests/requests/late", "/operators/" + operatorID + "/data-requests/requests/no", "/own-data?asked=yes",
	}
	pages = append(pages, administrationPages()...)
	pages = append(pages, boardPages(at)...)
	if !states {
		return append(pages, at("rounds", "ropen"), at("rounds", "ropen", "paper"), at("rounds", "ronpaper"), at("rounds", "rannounced", "ballot"), at("dialogues", "draft"), at("dialogues", "decide", "room"), at("dialogues", "reflect", "desk"), at("dialogues", "prioritise", "desk"))
	}
	pages = append(pages, at("anonymous", "months", "same", "roster"), at("anonymous", "months", "first", "roster"), at("rounds", "ropen", "paper"), at("rounds", "ronpaper"), at("rounds", "rannounced", "ballot"))
	for _, list := range []string{"many", "unread", "right", "renamed", "same", "applying", "schools", "people", "cancelled"} {
		pages = append(pages, "/operators/"+operatorID+"/imports/"+list)
	}
	for _, status := range []string{"draft", "countersigning", "refused", "announced", "open", "closing", "released"} {
		pages = append(pages, at("rounds", "r"+status))
	}
	for _, agreement := range []string{"proposed", "force", "few", "counted", "superseded"} {
		pages = append(pages, at("agreements", agreement))
	}
	for _, dialogue := range []string{"draft", "checkin", "reflect", "share", "prioritise", "decide", "between", "days", "planned", "before", "concluding", "review", "follow"} {
		pages = append(pages, at("dialogues", dialogue), at("dialogues", dialogue, "room"), at("dialogues", dialogue, "desk"))
	}
	return pages
}

// TestEveryPageIsForEverybody holds each page, in both languages, against axe, a window of 320 pixels and the console.
func TestEveryPageIsForEverybody(t *testing.T) {
	s := newStage(t)
	s.school()
	s.fresh(nil)
	b := browsertest.New(t)
	for _, language := range languages {
		reader := b.Person("a reader in " + language)
		reader.Open(s.address + "/sign-in")
		if language == "en" {
			reader.Click("#language button")
			reader.WaitFor("read English", `document.documentElement.lang === "en" && document.readyState === "complete"`)
		}
		reader.Check()
		reader.Open(s.address + "/set-up?link=" + goodLink)
		reader.Wait("#set-up-form")
		reader.Check()
		reader.Open(s.address + "/sign-in")
		reader.Click("#sign-in")
		reader.Wait("#personas")
		reader.Check()
		reader.Click(`button[value="bo"]`)
		reader.WaitAddress(s.address + "/schools/" + schoolID)
		for i, path := range everyPage(language == "da") {
			reader.Dark(i%2 == 1)
			reader.Open(s.address + path)
			reader.WaitFor("load", "document.readyState === 'complete'")
			if got := browsertest.Evaluate[string](reader, "document.documentElement.lang"); got != language {
				t.Errorf("%s is in %q, want %q", path, got, language)
			}
			reader.Check()
			reader.Screenshot(fmt.Sprintf("%s-%s", language, strings.NewReplacer("/", "_", "?", "_", schoolID, "x", "&", "_").Replace(path)))
		}
		s.pass(access.RecentTime)
		reader.Open(s.address + "/operators/" + operatorID + "/keys")
		reader.Wait("#confirm")
		reader.Check()
		reader.Leave()
	}
}

// An error is a page like any other to the walk, so it is noticed here.
func TestEveryPageOfTheWalkIsThere(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	for _, path := range everyPage(true) {
		if answer := b.get(path); answer.StatusCode != http.StatusOK && path != "/nowhere" {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}

// TestEveryPageIsReachedWithTheKeyboard walks through the key pages with the tabulator alone.
func TestEveryPageIsReachedWithTheKeyboard(t *testing.T) {
	s := newStage(t)
	s.school()
	reader := browsertest.New(t).Person("somebody without a mouse")
	reader.Open(s.address + "/sign-in")
	reader.Keyboard()
	reader.Click("#sign-in")
	reader.Click(`button[value="bo"]`)
	reader.WaitAddress(s.address + "/schools/" + schoolID)
	for _, path := range []string{"", "/rounds/new", "/rounds/rdraft", "/rounds/rcountersigning/roster", "/anonymous/months/different/roster", "/results/rel1", "/results/rel1/cells/core_task/meaning", "/dialogues/new", "/playbooks", "/playbooks/ground-rules/2", "/dialogues/decide/room", "/dialogues/prioritise/desk", "/dialogues/concluding/phases/p3/paper", "/actions", "/quiet-hours", "/administration", "/administration/people/" + annaID, "/administration/audit", "/administration/details"} {
		reader.Open(s.address + "/schools/" + schoolID + path)
		reader.Keyboard()
	}
}

// TestNobodyLosesWhatTheyAreWriting lets the stream tell of a change while somebody writes.
func TestNobodyLosesWhatTheyAreWriting(t *testing.T) {
	s := newStage(t)
	s.school()
	writer := browsertest.New(t).Person("a writer")
	s.arrives(writer)
	writer.Open(s.address + "/schools/" + schoolID + "/dialogues/reflect/desk")
	writer.Fill("#contribution-text", "Halvt skrevet")
	stamp := browsertest.Evaluate[string](writer, `(() => { const p = document.querySelector("#part-desk"); p.dataset.stamp = "older"; return p.dataset.stamp })()`)
	writer.WaitFor("be told of a change", `(() => { if (!window.told) { window.told = true; dispatchEvent(new Event("online")) } return document.querySelector("#part-desk").dataset.stamp !== "`+stamp+`" })()`)
	writer.WaitFor("keep the words", `document.querySelector("#contribution-text").value === "Halvt skrevet"`)
}
