package dialogue

import "github.com/guldkorn/guldkorn/libs/failure"

// PlanElement is what a row of an implementation plan is about.
type PlanElement string

// The elements that a realistic plan has.
const (
	Trial          PlanElement = "trial"           // close to the real work
	TimeSet        PlanElement = "time"            // time and resources set aside
	Setup          PlanElement = "setup"           // configuration and moving of data
	Training       PlanElement = "training"        // and room for differences
	Pilot          PlanElement = "pilot"           // with those who are to use it
	Help           PlanElement = "help"            // in the first weeks
	FaultReports   PlanElement = "fault_reports"   // where faults are told, and who answers
	Revisions      PlanElement = "revisions"       // how changes are announced
	SharedLearning PlanElement = "shared_learning" // room for mistakes and frustration, what was learnt
	OtherElement   PlanElement = "other"
)

// PlanState is how far a row is.
type PlanState string

// The states of a row.
const (
	Planned  PlanState = "planned"
	UnderWay PlanState = "under_way"
	RowDone  PlanState = "done"
	LeftOut  PlanState = "left_out"
)

const maxPlanRows = 60

// PlanRow is a row of an implementation plan. Owner, day and evidence are filled in as the talk gets to them; what is
// missing is shown as missing. A leader owns a row by default, an employee only with working time written in.
type PlanRow struct {
	Element  PlanElement `bson:"element"`
	Text     string      `bson:"text"`
	Owner    Owner       `bson:"owner"` // nobody yet while it is empty
	DueOn    string      `bson:"due_on"`
	Evidence string      `bson:"evidence"` // what will show that it works
	State    PlanState   `bson:"state"`
}

var plan = section[PlanRow]{
	name: "row", most: maxPlanRows,
	items: func(b *Board) *[]Item[PlanRow] { return &b.Plan },
	clean: func(_ *Board, _ string, r *PlanRow) error { return r.clean() },
	says:  func(_ *Board, r *PlanRow) []string { return []string{r.Text, r.Evidence} },
}

func (r *PlanRow) clean() error {
	var wrong [6]*failure.Error
	wrong[0] = oneOf("element", r.Element, Trial, TimeSet, Setup, Training, Pilot, Help, FaultReports, Revisions, SharedLearning, OtherElement)
	r.Text, wrong[1] = boardText("text", r.Text, maxPlanText)
	switch {
	case r.Owner.Person != "":
		wrong[2] = r.Owner.check()
	case r.Owner.Minutes != 0:
		wrong[2] = failure.Invalid("minutes", "nothing without an owner_id")
	}
	if r.DueOn != "" { // any day, since a plan also tells what was done
		wrong[3] = dateFrom("due_on", r.DueOn, "", "")
	}
	r.Evidence, wrong[4] = boardRemark("evidence", r.Evidence, maxRemark)
	wrong[5] = oneOf("state", r.State, Planned, UnderWay, RowDone, LeftOut)
	return failure.Together(wrong[:]...)
}
