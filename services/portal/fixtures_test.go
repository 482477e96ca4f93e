package portal

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	notificationapi "github.com/guldkorn/guldkorn/libs/api/notification"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	openapitypes "github.com/oapi-codegen/runtime/types"
)

// school makes the services answer as for a school in the middle of everything, so that every page has something of each
// kind to show. Bo leads it.
func (s *stage) school() {
	bo := boID
	at := func(parts ...string) string { return under(schoolID, parts...) }
	s.on("tenancy", "GET "+at("units"), tenancyapi.UnitList{Items: []tenancyapi.Unit{{UnitID: "u1", Name: "Indskoling", Headcount: 11}, {UnitID: "u2", Name: "Udskoling", Headcount: 4}}})
	s.on("tenancy", "GET "+at("staff"), tenancyapi.StaffList{Items: []tenancyapi.StaffMember{
		{PersonID: annaID, Name: "Anna Lind", Roles: []tenancyapi.Role{"employee", "tr"}}, {PersonID: bo, Name: "Bo Kjær", Roles: []tenancyapi.Role{"leader"}},
	}})
	s.forums()
	s.on("tenancy", "POST "+at("persons", "lookup"), tenancyapi.PersonNameList{Items: []tenancyapi.PersonName{{PersonID: annaID, Name: "Anna Lind", Language: "da"}, {PersonID: bo, Name: "Bo Kjær", Language: "da"}, {PersonID: "cille", Name: "Cille Dam", Language: "da"}}})
	s.on("tenancy", "GET "+under(operatorID, "role-assignments"), tenancyapi.RoleAssignmentList{Items: []tenancyapi.RoleAssignment{
		{AssignmentID: "ra1", PersonID: annaID, Role: "employee", Scope: schoolID, UnitID: pointer("u1"), From: s.now().AddDate(-1, 0, 0), Revision: 1},
		{AssignmentID: "ra2", PersonID: annaID, Role: "tr", Scope: schoolID, From: s.now().AddDate(-1, 0, 0), To: pointer(s.now().AddDate(0, 1, 0)), Revision: 2},
		{AssignmentID: "ra3", PersonID: annaID, Role: "amr", Scope: schoolID, From: s.now().AddDate(-2, 0, 0), To: pointer(s.now().AddDate(-1, 0, 0)), Revision: 2},
		{AssignmentID: "ra4", PersonID: boID, Role: "tr", Scope: schoolID, SubstituteFor: pointer("ra2"), From: s.now(), To: pointer(s.now().AddDate(0, 0, 7)), Revision: 1},
		{AssignmentID: "ra5", PersonID: boID, Role: "leader", Scope: schoolID, From: s.now().AddDate(-1, 0, 0), Revision: 1},
	}})
	school := tenancyapi.Organisation{OrganisationID: schoolID, Kind: "school", Name: "Egebakkeskolen", Language: "da", Code: pointer("901001"),
		ParentID: pointer(operatorID), InstitutionType: pointer(tenancyapi.InstitutionType("folkeskole")), DeletionDueAt: pointer(s.now().AddDate(0, 0, 30)),
		LearnerWord: pointer("elever"), CoreTaskText: pointer("At lære sammen."),
		Holidays:     &tenancyapi.Holidays{{Name: "Efterårsferie", FromOn: "2026-10-12", ToOn: "2026-10-16"}},
		WorkingHours: &tenancyapi.WorkingHours{{Weekday: "monday", From: "07:30", To: "16:00"}}}
	municipality := tenancyapi.Organisation{OrganisationID: operatorID, Kind: "municipality", Name: "Havnelund Kommune", Language: "da", ParentID: pointer(platformID)}
	s.on("tenancy", "GET "+at("organisation"), school)
	s.on("tenancy", "GET "+under(operatorID, "organisation"), municipality)
	s.on("tenancy", "GET "+under(operatorID, "organisations"), tenancyapi.OrganisationList{Items: []tenancyapi.Organisation{
		{OrganisationID: otherSchoolID, Kind: "school", Name: "Lille Lyng Skole", Language: "da", ParentID: pointer(operatorID)}, school,
	}})
	s.on("tenancy", "GET "+under(otherSchoolID, "units"), tenancyapi.UnitList{Items: []tenancyapi.Unit{{UnitID: "u9", Name: "Mellemtrin", Headcount: 9}}})
	s.on("tenancy", "GET "+under(platformID, "organisations"), tenancyapi.OrganisationList{Items: []tenancyapi.Organisation{municipality}})
	s.audit(bo)
	s.signInProviders()
	s.rights(bo)
	s.leaving(bo)
	keys := tenancyapi.APIKeyList{Items: []tenancyapi.APIKey{
		{KeyID: "k1", Name: "Lønsystem", Scopes: []tenancyapi.KeyScope{access.ScopeOrganisation, access.ScopePeople}, Prefix: "abcdefgh", CreatedAt: s.now(), CreatedBy: bo, ExpiresAt: s.now().AddDate(0, 6, 0), LastUsedOn: pointer("2026-11-23"), Revision: 2},
		{KeyID: "k2", Name: "Gammelt program", Scopes: []tenancyapi.KeyScope{access.ScopePeople}, Prefix: "hgfedcba", CreatedAt: s.now(), CreatedBy: bo, ExpiresAt: s.now().AddDate(0, -1, 0), Revision: 1},
		{KeyID: "k3", Name: "Tabt nøgle", Scopes: []tenancyapi.KeyScope{access.ScopePeople}, Prefix: "aaaabbbb", CreatedAt: s.now(), CreatedBy: bo, ExpiresAt: s.now().AddDate(0, 1, 0), RevokedAt: pointer(s.now()), Revision: 2},
	}}
	s.on("tenancy", "GET "+at("api-keys"), keys)
	s.on("tenancy", "GET "+under(operatorID, "api-keys"), keys)
	s.imports()
	s.operation()
	s.branding()
	s.on("tenancy", "GET "+at("units", "u2"), tenancyapi.Unit{UnitID: "u2", Name: "Udskoling", Headcount: 4, ParentID: pointer("u1")})
	tightening := tenancyapi.Tightening{Inherited: tenancyapi.TakenRoles{}, Revision: 3, TakenAway: tenancyapi.TakenRoles{{Action: "round.create", Role: "leader"}}}
	for _, action := range slices.Sorted(maps.Keys(access.Tightenable())) {
		for _, role := range access.Tightenable()[action] {
			tightening.Tightenable = append(tightening.Tightenable, tenancyapi.TakenRole{Action: action, Role: tenancyapi.Role(role)})
		}
	}
	s.on("tenancy", "GET "+under(operatorID, "tightening"), tightening)
	s.on("tenancy", "GET "+at("tightening"), tightening)
	s.on("tenancy", "GET "+under(operatorID, "provisioning"), tenancyapi.Provisioning{Roles: []tenancyapi.Role{"amr"}, Grantable: []tenancyapi.Role{"tr", "amr", "school_administrator", "municipal_administrator"}, Revision: 3})
	s.confidential(at)
	s.texts(at)
	s.anonymous(at)
	s.intake(at)
	s.reporting(at)
	s.dialogue(at, bo)
	s.boards(at, bo)
	s.agreements(at)
	when := s.now()
	s.own()
	inbox := notificationapi.Inbox{Unread: 1, Items: []notificationapi.InboxItem{
		{ItemID: strings.Repeat("a", 32), Kind: "round_announced", TenantID: schoolID, RoundID: pointer("r1"), Title: pointer("Aula"), OpensOn: pointer("2026-11-24"), CreatedAt: when},
		{ItemID: strings.Repeat("b", 32), Kind: "action_proposed", TenantID: schoolID, ActionID: pointer("a1"), DueOn: pointer("2026-12-01"), CreatedAt: when, ReadAt: &when},
	}}
	older := notificationapi.Inbox{Items: []notificationapi.InboxItem{{ItemID: strings.Repeat("c", 32), Kind: "dialogue_created", TenantID: schoolID, DialogueID: pointer("d1"), CreatedAt: when}}}
	s.services["notification"].HandleFunc("GET /v1/inbox", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch query := r.URL.Query(); {
		case query.Get("cursor") == "2":
			respond(s.t, w, older)
		case query.Get("limit") != "":
			whole := inbox
			whole.NextCursor = pointer("2")
			respond(s.t, w, whole)
		default:
			respond(s.t, w, inbox)
		}
	})
	s.on("notification", "GET "+at("quiet-hours"), notificationapi.QuietHours{OpenFrom: "07:00", OpenTo: "16:00", Weekdays: []int{1, 2, 3, 4, 5}})
	s.on("reporting", "GET "+under(operatorID, "follow-through"), reportingapi.FollowThrough{AsOf: "2026-11-24", Items: []reportingapi.FollowThroughSchool{
		{OrganisationID: schoolID, Name: "Egebakkeskolen", Proposed: 1, Accepted: 2, Done: 3, Overdue: 1, FollowUpDue: 1, RoundsReleased: 2, LastActivityOn: pointer("2026-11-23")},
		{OrganisationID: "dddddddddddd", Name: "Lille Lyng Skole"},
	}})
	benchmark := reportingapi.Benchmark{State: "not_enough_institutions", Institutions: "0-19", Municipalities: "0-2", Reasons: []reportingapi.BenchmarkReasons{"too_few_institutions", "too_few_municipalities"}}
	benchmark.Wanted.Institutions, benchmark.Wanted.Municipalities, benchmark.Wanted.SubgroupInstitutions = 20, 3, 200
	benchmark.Wanted.SubgroupMunicipalities, benchmark.Wanted.LargestSharePercent, benchmark.Wanted.PercentileInstitutions = 10, 25, 1000
	s.on("reporting", "GET "+under(unionID, "benchmark"), benchmark)
}

func text(danish, english string) intakeapi.Text { return intakeapi.Text{Da: danish, En: english} }

func (s *stage) intake(at func(...string) string) {
	instrument := intakeapi.Instrument{ID: "full", Version: 1, Kind: "full", Title: text("Fuld runde", "Full round"), Intro: text("Kort om runden", "About the round")}
	for i, degree := range []string{"Passer slet ikke", "Passer kun lidt", "Passer til dels", "Passer godt", "Passer helt"} {
		instrument.Scale = append(instrument.Scale, intakeapi.Option{Value: intakeapi.OptionValue(strconv.Itoa(25 * i)), Da: degree, En: "Degree " + strconv.Itoa(i)})
		instrument.FitScale = append(instrument.FitScale, intakeapi.Option{Value: intakeapi.OptionValue(strconv.Itoa(25 * i)), Da: "Grad " + strconv.Itoa(i), En: "Degree " + strconv.Itoa(i)})
	}
	instrument.Missing = []intakeapi.Option{{Value: "not_relevant", Da: "Ikke relevant for mig", En: "Not relevant to me"}, {Value: "do_not_know", Da: "Ved ikke", En: "Do not know"}}
	for _, theme := range themes {
		one := intakeapi.InstrumentTheme{ID: intakeapi.Theme(theme), Title: text(theme, theme), About: text("Om", "About")}
		for _, quality := range qualities {
			one.Cells = append(one.Cells, intakeapi.InstrumentCell{
				Quality: intakeapi.Quality(quality), Title: text(quality, quality), About: text("Det kan flytte sig.", "It can shift."), Evidence: "described", Direction: "both",
				Gain: intakeapi.Item{ID: theme + "." + quality + ".gain", Da: "Det hjælper mig.", En: "It helps me."}, Strain: intakeapi.Item{ID: theme + "." + quality + ".strain", Da: "Det hæmmer mig.", En: "It strains me."},
			})
			if quality == "demands" {
				one.Cells[len(one.Cells)-1].Fit = &intakeapi.Item{ID: theme + ".demands.fit", Da: "Kravene til mig er …", En: "The demands on me are …"}
			}
		}
		instrument.Themes = append(instrument.Themes, one)
	}
	instrument.Extra = &[]intakeapi.ExtraItem{{ID: "extra.1", Da: "Vi har ro til at arbejde.", En: "We have peace to work."}, {ID: "extra.2", Da: "Vi får hjælp.", En: "We get help."}}
	s.on("intake", "GET /v1/instruments", intakeapi.InstrumentList{Items: []intakeapi.InstrumentSummary{
		{ID: "pulse-implementation", Version: 1, Kind: "pulse", Title: text("Kort runde", "Pulse"), Items: 13}, {ID: "full", Version: 1, Kind: "full", Title: text("Fuld runde", "Full round"), Items: 52},
	}})
	s.on("intake", "GET "+at("technologies"), intakeapi.TechnologyList{Items: []intakeapi.Technology{{TechnologyID: "t1", Name: "Skolevejen", Kind: "learning_platform"}}})
	var rounds intakeapi.RoundList
	for i, status := range []intakeapi.RoundStatus{"draft", "announcing", "countersigning", "refused", "announced", "open", "closing", "released", "archived"} {
		r := intakeapi.Round{
			RoundID: "r" + string(status), Status: status, Title: "Hvordan går det med Skolevejen, runde " + string(rune('1'+i)), Instrument: "full", InstrumentVersion: 1,
			OpensOn: "2026-11-20", ClosesOn: "2026-12-04", VisibleToAllOn: "2026-12-11", Thresholds: intakeapi.Thresholds{Means: 5, Distributions: 10},
			TechnologyName: pointer("Skolevejen"), OnRoster: pointer(true),
			Contract: intakeapi.Contract{
				Breakdowns: []intakeapi.Breakdown{"unit"}, TextReaders: []intakeapi.TextReader{"tr", "amr"},
				Agreed: &intakeapi.Agreement{ForumID: "f1", ForumName: "MED-udvalget", On: "2026-11-10"},
			},
		}
		if status != "draft" {
			r.Contract.BallotBox = &intakeapi.BallotBoxHost{Name: "Egeby Kommune", Trust: "single"}
			r.Contract.Hash = pointer(strings.Repeat("0a", 32))
		}
		if status == "open" {
			r.ExtendableUntil = pointer("2026-12-18")
		}
		if status == "closing" {
			s.on("reporting", "GET "+at("rounds", r.RoundID, "opening"), reportingapi.Opening{Percent: 40})
			r.Extension = &intakeapi.Extension{AnnouncedClosesOn: "2026-12-01", Reason: "Mange var på kursus i uge 48.", ExtendedAt: s.now()}
		}
		if status == "announcing" {
			r.Progress = &intakeapi.Progress{Ready: 1, Wanted: 3}
		}
		switch status {
		case "draft":
			s.draftByStaffGroup(at, r, instrument)
			r.Advice, r.BeforeRoundID = &[]intakeapi.RoundAdvice{"full_within_a_year"}, pointer("rreleased")
		case "refused":
			r.RefusedFor = pointer(intakeapi.RoundRefusedFor("person_foreign"))
		case "open":
			r.CountersignedBy, r.CountersignedAs, r.PaperBallots = pointer(annaID), pointer("tr"), pointer(3)
			s.on("intake", "GET "+at("rounds", r.RoundID, "paper"), intakeapi.RoundPaper{HelperID: pointer("cille"), Units: []intakeapi.PaperUnit{
				{UnitID: "u1", Name: "Indskoling", Ballots: 2}, {UnitID: "u2", Name: "Udskoling", Ballots: 1},
			}})
			marked := r
			marked.RoundID, marked.OnPaper = "ronpaper", pointer(true)
			s.on("intake", "GET "+at("rounds", marked.RoundID), marked)
			s.on("intake", "GET "+at("rounds", marked.RoundID, "instrument"), instrument)
			s.on("intake", "GET "+at("rounds", marked.RoundID, "preview"), intakeapi.Preview{Thresholds: r.Thresholds, School: "too_few", Units: []intakeapi.PreviewUnit{}})
		case "countersigning":
			r.RosterHash, r.KeyListHash = pointer(strings.Repeat("ab", 32)), pointer(strings.Repeat("cd", 32))
			s.on("intake", "GET "+at("rounds", r.RoundID, "roster"), intakeapi.RoundRoster{Round: r, Units: []intakeapi.RosterUnit{
				{UnitID: "u1", Name: "Indskoling", Headcount: 1, PersonIds: []string{annaID}}, {UnitID: "u2", Name: "Udskoling", PersonIds: []string{}},
			}})
			s.rosterByStaffGroup(at, r)
			stuffed := r
			stuffed.RoundID = "rstuffed"
			s.on("intake", "GET "+at("rounds", stuffed.RoundID, "roster"), intakeapi.RoundRoster{Round: stuffed, Units: []intakeapi.RosterUnit{
				{UnitID: "u1", Name: "Indskoling", Headcount: 4, PersonIds: []string{annaID, "without-a-name"}, Unknown: 2},
			}})
		}
		if status == "closing" || status == "released" {
			r.BatchHash = pointer(strings.Repeat("ef", 32))
		}
		if status == "released" || status == "archived" {
			r.ReleaseID = pointer("rel1")
		}
		rounds.Items = append(rounds.Items, r)
		s.on("intake", "GET "+at("rounds", r.RoundID), r)
		s.on("intake", "GET "+at("rounds", r.RoundID, "instrument"), instrument)
		s.on("intake", "GET "+at("rounds", r.RoundID, "preview"), intakeapi.Preview{Headcount: 15, Thresholds: r.Thresholds, School: "shown", Units: []intakeapi.PreviewUnit{
			{UnitID: "u1", Name: "Indskoling", Headcount: 11, State: "shown"}, {UnitID: "u2", Name: "Udskoling", Headcount: 4, State: "too_few"},
		}})
	}
	s.on("intake", "GET "+at("rounds"), rounds)
	common := intakeapi.CommonRoundList{Items: []intakeapi.CommonRound{{
		CommonRoundID: "cr1", Title: "Egebys digitale hverdag", Instrument: "full", InstrumentVersion: 1,
		OpensOn: "2099-01-11", ClosesOn: "2099-01-29", VisibleToAllOn: "2099-02-05", Thresholds: intakeapi.Thresholds{Means: 6, Distributions: 12}, CreatedAt: s.now(),
	}}}
	s.on("intake", "GET "+at("common-rounds"), common)
	s.on("intake", "GET "+under(operatorID, "common-rounds"), common)
}

// reporting answers with a release of all 24 cells: whole points, classes alone, hidden ends, too few, still open, hatched.
func (s *stage) reporting(at func(...string) string) {
	release := reportingapi.Release{
		Format: "guldkorn-release-v1", TenantID: schoolID, Shown: true, VisibleToAllOn: "2026-12-11", VisibleToRepresentativesFrom: s.now(),
		Round:         reportingapi.ReleaseRound{RoundID: "rreleased", Title: "Hvordan går det med Skolevejen?", Instrument: "full", InstrumentVersion: 1, OpensOn: "2026-10-01", ClosesOn: "2026-10-15", TechnologyName: pointer("Skolevejen")},
		Participation: reportingapi.Participation{State: "shown", Percent: pointer(80), HeadcountBand: pointer(reportingapi.Band("20-49")), Paper: pointer(reportingapi.ParticipationPaper("0-4")), Standing: pointer(reportingapi.ParticipationStanding("good"))},
		Earlier:       &reportingapi.EarlierRelease{ReleaseID: "rel0", RoundID: "r0", ClosesOn: "2026-04-15"},
	}
	release.Method.Thresholds.Means, release.Method.Thresholds.Points, release.Method.Thresholds.Distributions, release.Method.Thresholds.Intervals = 5, 10, 10, 20
	release.ExtraQuestions = &[]string{"extra.1", "extra.2"}
	own := &[]reportingapi.ExtraQuestion{{Question: "extra.1", State: "shown", NBand: pointer(reportingapi.Band("20-49")), Score: figure(68, "high")}, {Question: "extra.2", State: "too_few"}}
	school := reportingapi.Node{NodeID: schoolID, Kind: "school", Name: "Egebakkeskolen", ExtraQuestions: own}
	unit := reportingapi.Node{NodeID: "u1", Kind: "unit", Name: "Indskoling", ParentID: pointer(schoolID), ExtraQuestions: own}
	classes := []reportingapi.FigureClass{"very_low", "low", "middle", "high", "very_high"}
	readings := []reportingapi.CellReading{"hinders", "hinders", "even", "helps", "helps"}
	for i, theme := range themes {
		release.Themes = append(release.Themes, reportingapi.Theme(theme))
		full := reportingapi.NodeTheme{Theme: reportingapi.Theme(theme), State: "shown", Score: reportingapi.Score{State: "shown", Gain: figure(64, "high"), Strain: figure(41, "middle"), Balance: figure(61, "high")}}
		small := reportingapi.NodeTheme{Theme: reportingapi.Theme(theme), State: "shown", Score: reportingapi.Score{State: "too_few"}}
		for j, quality := range qualities {
			n := (i*6 + j) % 5
			balance := figure(10+20*n, classes[n])
			balance.Change = &reportingapi.Change{State: "changed", Delta: pointer(7)}
			balance.CrossesBorder = pointer(j%3 == 0)
			strain := figure(90-20*n, classes[4-n])
			if n == 0 {
				strain.Bound = pointer(reportingapi.Bound("at_least"))
			}
			cell := reportingapi.Cell{Quality: reportingapi.Quality(quality), State: "shown", Evidence: "described", NBand: pointer(reportingapi.Band("20-49")), Gain: figure(10+20*n, classes[n]), Strain: strain, Balance: balance, Reading: &readings[n]}
			words := cell
			words.NBand, words.Gain, words.Strain, words.Balance = pointer(reportingapi.Band("5-9")), &reportingapi.Figure{Class: classes[n]}, &reportingapi.Figure{Class: classes[4-n]}, &reportingapi.Figure{Class: classes[n]}
			if j == 4 {
				cell.Evidence = "open"
			}
			if i == 3 {
				cell = reportingapi.Cell{Quality: cell.Quality, State: "too_few", Evidence: cell.Evidence}
			}
			full.Cells, small.Cells = append(full.Cells, cell), append(small.Cells, words)
			if i == 0 {
				release.Qualities = append(release.Qualities, reportingapi.Quality(quality))
			}
		}
		school.Themes, unit.Themes = append(school.Themes, full), append(unit.Themes, small)
	}
	release.Nodes = []reportingapi.Node{school, unit, {NodeID: schoolID + ".others", Kind: "other_units", Themes: unit.Themes}}
	s.on("reporting", "GET "+at("releases", "rel1", "signed"), signedRelease(release))
	s.on("reporting", "GET /v1/release-signing-key", reportingapi.SigningKey{SigningKey: signedRelease(release).SigningKey})
	s.commonRelease(release)
	s.releaseByStaffGroup(at, release)
	few := release
	few.Shown, few.Participation, few.Earlier = false, reportingapi.Participation{State: "too_few"}, nil
	s.on("reporting", "GET "+at("releases", "few", "signed"), signedRelease(few))
	s.on("reporting", "GET "+at("releases"), reportingapi.ReleaseList{Items: []reportingapi.ReleaseSummary{
		{ReleaseID: "rel1", Round: release.Round, Shown: true, VisibleToAllOn: "2026-12-11"}, {ReleaseID: "few", Round: release.Round, VisibleToAllOn: "2026-12-11"},
	}})
}

// signedRelease is a release with texts of the length that hashes, signatures and keys have.
func signedRelease(r reportingapi.Release) reportingapi.SignedRelease {
	return reportingapi.SignedRelease{
		Format: reportingapi.GuldkornSignedReleaseV1, Release: r,
		ContentHash: strings.Repeat("0a1b", 16), Signature: strings.Repeat("Sg", 43), SigningKey: strings.Repeat("K", 43),
	}
}

func inBoth(danish, english string) dialogueapi.Words {
	return dialogueapi.Words{Da: danish, En: english}
}

// dialogue answers with one dialogue for each step of its life, each under the name of what is active in it.
func (s *stage) dialogue(at func(...string) string, bo string) {
	day := func(text string) openapitypes.Date {
		parsed, err := time.Parse(time.DateOnly, text)
		if err != nil {
			s.t.Error(err)
		}
		return openapitypes.Date{Time: parsed}
	}
	title := inBoth("Fra overblik til tiltag", "From overview to measures")
	s.playbooks()
	s.on("dialogue", "GET "+at("first-steps"), firstWeek(s.now()))
	source := &dialogueapi.CellSource{ReleaseID: "rel1", Theme: "implementation", Quality: "meaning"}
	var actions dialogueapi.ActionList
	for i, status := range []dialogueapi.ActionStatus{"proposed", "accepted", "in_progress", "blocked", "done", "effect_verified", "declined"} {
		actions.Items = append(actions.Items, dialogueapi.Action{
			ActionID: "a" + string(rune('1'+i)), Revision: 3, DialogueID: "decide", Text: "Lav en plan for oplæring, nummer " + string(rune('1'+i)), OwnerID: bo, OwnerIsLeader: true, Mine: true,
			DueOn: day("2026-12-21"), FollowUpOn: day("2027-01-18"), Status: status, Overdue: i == 1, FollowUpDue: status == "done", Source: source, Reason: pointer("tiden mangler"),
		})
	}
	s.on("dialogue", "GET "+at("actions"), actions)
	kinds := []dialogueapi.StepKind{"checkin", "reflect", "share", "prioritise", "decide"}
	attributions := []dialogueapi.Attribution{"none", "sealed", "group", "sealed", "none"}
	deadline := s.now().Add(7 * time.Minute)
	var list dialogueapi.DialogueList
	days := 0
	make := func(id string, state dialogueapi.DialogueState, active int) {
		d := dialogueapi.Dialogue{
			DialogueID: id, Revision: 3, Title: "Hjælp, når teknikken driller", State: state, Playbook: "from-overview-to-measures", PlaybookVersion: 2, PlaybookTitle: title, VariantMinutes: 45,
			FacilitatorIds: []string{bo}, ParticipantIds: []string{annaID, bo}, MyPart: "facilitator", ForumID: pointer("f1"), Source: source, CreatedAt: s.now(),
		}
		if id == "between" {
			d.Source, d.Experience = nil, &dialogueapi.ExperienceSource{MonthID: "october", ExperienceID: toldID}
		}
		if state == "scheduled" {
			d.StartsAt, d.Place = pointer(deadline.AddDate(0, 0, 2)), pointer("Lokale 12")
		}
		for i, kind := range kinds {
			p := dialogueapi.Phase{
				PhaseID: "p" + string(rune('1'+i)), Step: string(kind), Kind: kind, State: "pending", Prompt: inBoth("Hvad hjælper, og hvad slider?", "What helps, and what strains?"), Instruction: inBoth("Skriv kort.", "Keep it short."),
				Attribution: attributions[i], Grouping: "pairs", PhonesDown: i == 0, Minutes: 7, ExitRule: "time", Dots: pointer(3), DotsPerChoice: pointer(2), InputFrom: []string{},
			}
			if state == "scheduled" && kind == "reflect" {
				p.Beforehand = pointer(dialogueapi.PhaseBeforehand("possible"))
			}
			switch {
			case active >= 0 && i < active && state != "scheduled":
				p.State = "locked"
			case i == active && state == "scheduled":
				p.State, p.Deadline, p.Beforehand = "active", d.StartsAt, pointer(dialogueapi.PhaseBeforehand("started"))
			case i == active:
				p.State, p.Deadline, p.StartedAt = "active", &deadline, pointer(s.now())
				if days > 0 {
					p.Days, p.Deadline = pointer(days), pointer(deadline.AddDate(0, 0, days))
				}
				if p.Contributors = pointer(dialogueapi.Band("fewer_than_5")); p.Attribution == "sealed" {
					p.ReadyBand = pointer(dialogueapi.Band("5_to_9"))
				} else {
					p.Ready = pointer(1)
				}
			}
			if kind == "prioritise" && i < active {
				p.Result = &dialogueapi.VoteResult{State: "shown", Ballots: 6, Choices: []dialogueapi.Choice{{ContributionID: "c1", Dots: 9}, {ContributionID: "c2", Dots: 4}}}
			}
			d.Phases = append(d.Phases, p)
			items := []dialogueapi.Contribution{}
			if kind == "reflect" {
				items = []dialogueapi.Contribution{{ContributionID: "c1", Revision: 1, PhaseID: p.PhaseID, Attribution: "sealed", Text: "Mere tid til at lære det", Mine: true}, {ContributionID: "c2", Revision: 1, PhaseID: p.PhaseID, Attribution: "sealed", Text: "Hjælp i timen"}}
			}
			if kind == "share" {
				items = []dialogueapi.Contribution{{ContributionID: "c3", Revision: 1, PhaseID: p.PhaseID, Attribution: "transcribed", Text: "Skrevet med blyant"}}
				if id == "between" {
					items = append(items, heldBack(p.PhaseID)...)
				}
			}
			s.on("dialogue", "GET "+at("dialogues", id, "phases", p.PhaseID, "contributions"), dialogueapi.ContributionList{Items: items})
			s.on("dialogue", "GET "+at("dialogues", id, "phases", p.PhaseID, "ballots"), dialogueapi.OwnBallot{})
			s.on("dialogue", "GET "+at("dialogues", id, "phases", p.PhaseID, "ready"), dialogueapi.OwnReady{Ready: kind == "share"})
		}
		s.on("dialogue", "GET "+at("dialogues", id), d)
		s.on("dialogue", "GET "+at("dialogues", id, "inputs"), dialogueapi.InputList{})
		s.on("dialogue", "GET "+at("dialogues", id, "decisions"), dialogueapi.DecisionList{Items: []dialogueapi.Decision{{DecisionID: "d1", Text: "Vi sætter tid af"}}})
		s.on("dialogue", "GET "+at("dialogues", id, "disagreements"), dialogueapi.DisagreementList{Items: []dialogueapi.Disagreement{}})
		s.on("dialogue", "GET "+at("dialogues", id, "actions"), dialogueapi.ActionList{Items: actions.Items[:1]})
		s.on("dialogue", "GET "+at("dialogues", id, "agreements"), dialogueapi.AgreementList{Items: []dialogueapi.Agreement{{AgreementID: "force", Kind: "ground_rules", Title: "Beskeder", Status: "in_force"}}})
		s.live(d)
		minutes := dialogueapi.Minutes{DialogueID: id, State: "draft", Content: dialogueapi.MinutesContent{
			Title: d.Title, HeldOn: pointer(day("2026-11-24")), ForumID: pointer("f1"), Mandate: pointer("advises"), PlaybookTitle: title, Source: source, FacilitatorIds: d.FacilitatorIds, ParticipantIds: d.ParticipantIds,
			Decisions: []dialogueapi.MinutesDecision{{Text: "Vi sætter tid af", Sources: []dialogueapi.MinutesSource{{Kind: "contribution", Text: pointer("Mere tid til at lære det")}}}},
			Actions:   []dialogueapi.MinutesAction{{ActionID: "a1", Text: "Lav en plan", OwnerID: bo, DueOn: day("2026-12-21"), FollowUpOn: day("2027-01-18")}, {ActionID: "a2", Text: "Spørg leverandøren", OwnerID: "erased", DueOn: day("2026-12-21"), FollowUpOn: day("2027-01-18")}},
			Topics:    &[]dialogueapi.MinutesTopic{{Kind: "parked", Text: "Mobiler i frikvarteret"}, {Kind: "raised", RaisedAs: pointer(dialogueapi.Office("amr")), Text: "Støj", Decision: pointer("Vi måler"), Reason: pointer("Det er rimeligt")}},
			Agreements: &[]dialogueapi.MinutesAgreement{{AgreementID: "force", Kind: "ground_rules", Title: "Beskeder", Text: "Vi skriver ét sted.", Scope: "school", Adopted: true, Version: 1,
				FromOn: day("2026-11-24"), ReviewOn: day("2027-02-24"), Channels: &[]dialogueapi.Channel{{Name: "Aula", UsedFor: "Forældre"}}, Sources: []dialogueapi.MinutesSource{}}},
			Steps: []dialogueapi.MinutesStep{{Kind: "reflect", Prompt: inBoth("Hvad hjælper?", "What helps?"), State: "locked", FromPaper: pointer(7)}},
		}}
		if state == "minutes_review" {
			minutesBoard(&minutes.Content, bo)
			minutes.Content.Guests = &[]string{"Gitte fra bestyrelsen", "Henrik"}
			minutes.State, minutes.Version, minutes.ContentHash = "circulated", 1, pointer(strings.Repeat("a", 64))
		}
		s.on("dialogue", "GET "+at("dialogues", id, "minutes"), minutes)
		list.Items = append(list.Items, d)
	}
	make("draft", "draft", -1)
	make("planned", "scheduled", -1)
	make("before", "scheduled", 1)
	for i, kind := range kinds {
		make(string(kind), "open", i)
	}
	make("between", "open", len(kinds))
	days = 3
	make("days", "paused", 1)
	days = 0
	make("concluding", "concluding", len(kinds))
	make("review", "minutes_review", len(kinds))
	make("follow", "follow_up", len(kinds))
	s.preMeetings()
	s.invitedTo()
	s.guests()
	list.Items = append(list.Items, dialogueapi.Dialogue{DialogueID: "main", Title: "Trioen i december", State: "draft", ForumID: pointer("f1"), ParticipantIds: []string{annaID, boID}, PlaybookTitle: title})
	s.services["dialogue"].HandleFunc("GET "+at("dialogues"), func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		found := list
		if asked := r.URL.Query().Get("source"); asked != "" {
			found.Items = []dialogueapi.Dialogue{}
			for _, d := range list.Items {
				if d.Source != nil && cellSource(*d.Source) == asked || d.Experience != nil && "experience:"+d.Experience.ExperienceID == asked {
					found.Items = append(found.Items, d)
				}
			}
		}
		respond(s.t, w, found)
	})
}

// audit answers with a log of each kind of entry: a role given, a refusal, a service's doing, somebody without a name.
func (s *stage) audit(bo string) {
	entry := func(seq int64, subject, action, about, decision string) tenancyapi.AuditEntry {
		return tenancyapi.AuditEntry{TenantID: schoolID, Seq: seq, At: s.now().Add(time.Duration(seq) * time.Minute), Subject: subject, Action: action,
			ResourceType: "thing", ResourceID: about, Decision: tenancyapi.AuditEntryDecision(decision), Hash: strings.Repeat("a", 64)}
	}
	for _, owner := range []string{schoolID, operatorID, platformID} {
		s.on("tenancy", "GET "+under(owner, "audit-entries"), tenancyapi.AuditEntryList{NextCursor: pointer("3"), Items: []tenancyapi.AuditEntry{
			entry(6, bo, "role_assignment.create", annaID+"/tr", "allowed"), entry(5, strings.ReplaceAll(annaID, "1", "9"), "staff.read", "", "denied"),
			entry(4, "key:7c0ffee012345678", "api_key.list", "", "denied"), entry(2, "service:setup", "person.create", "", "allowed"), entry(3, bo, "thing.unheard_of", annaID, "allowed"),
			{TenantID: schoolID, Seq: 1, At: s.now(), Subject: "service:tenancy", Action: "deletion.complete", ResourceType: "deletion", ResourceID: "dddddddddddd/" + strings.Repeat("a", 64), Decision: "allowed", Hash: strings.Repeat("a", 64)},
		}})
		s.on("tenancy", "GET "+under(owner, "audit-verification"), tenancyapi.AuditVerification{Intact: owner != operatorID, Seq: 6, Hash: strings.Repeat("a", 64), BadSeq: pointer(int64(7))})
	}
	s.on("tenancy", "POST "+under(operatorID, "persons", "lookup"), tenancyapi.PersonNameList{})
}
