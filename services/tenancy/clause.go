package tenancy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// clause is what a local agreement says of when and how a forum is informed or asked about the expected consequences
// of new technology. Its words stay here; events carry the rest.
type clause struct {
	ID        string   `bson:"id"`
	Trigger   string   `bson:"trigger"`
	Duty      string   `bson:"duty"`
	Topics    []string `bson:"topics"`
	Text      string   `bson:"text"`
	Agreement string   `bson:"agreement"`
}

const maxClauses = 40

// agree replaces the clauses. One that comes with the id of a clause that the forum has remains that clause, whatever is
// corrected in it, so that what others keep about it stays with it. A new one's id comes from seed, which no two requests
// share and one that runs again does.
func (f *forum) agree(seed string, in tenancyapi.ForumClauses) error {
	if len(in) > maxClauses {
		return failure.Invalid("clauses", "at most 40 clauses")
	}
	clauses := make([]clause, len(in))
	seen := map[string]bool{}
	for i, c := range in {
		at := func(field string) string { return fmt.Sprintf("clauses.%d.%s", i, field) }
		made := clause{
			ID: given(c.ClauseID), Trigger: string(c.Trigger), Duty: string(c.Duty),
			Text: norm.NFC.String(c.Text), Agreement: norm.NFC.String(c.Agreement),
		}
		if err := failure.Together(
			one(at("trigger"), c.Trigger.Valid(), "one of the triggers"),
			one(at("duty"), c.Duty.Valid(), "information, consultation or guideline"),
			text(at("text"), made.Text, maxClause),
			line(at("agreement"), made.Agreement, maxAgreement),
		); err != nil {
			return err
		}
		for _, topic := range given(c.Topics) {
			if !topic.Valid() || slices.Contains(made.Topics, string(topic)) {
				return failure.Invalid(at("topics"), "topics, each once")
			}
			made.Topics = append(made.Topics, string(topic))
		}
		if made.ID == "" {
			made.ID = clauseID(seed, i)
		} else if !f.has(made.ID) {
			return failure.New(failure.ForeignIdentifier).At(at("clause_id")).Wanting("a clause of this forum")
		}
		if seen[made.ID] {
			return failure.Invalid(at("clause_id"), "each clause once")
		}
		seen[made.ID] = true
		clauses[i] = made
	}
	f.Clauses = clauses
	return nil
}

func (f forum) has(clauseID string) bool {
	return slices.ContainsFunc(f.Clauses, func(c clause) bool { return c.ID == clauseID })
}

func clauseID(seed string, i int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "clause %s %d", seed, i))
	return hex.EncodeToString(sum[:16])
}

func showClauses(from []clause) tenancyapi.ForumClauses {
	list := make(tenancyapi.ForumClauses, len(from))
	for i, c := range from {
		list[i] = tenancyapi.ForumClause{
			ClauseID: &c.ID, Trigger: tenancyapi.ForumTrigger(c.Trigger), Duty: tenancyapi.ForumClauseDuty(c.Duty), Text: c.Text, Agreement: c.Agreement,
		}
		if len(c.Topics) > 0 {
			topics := make([]tenancyapi.ForumClauseTopic, len(c.Topics))
			for j, topic := range c.Topics {
				topics[j] = tenancyapi.ForumClauseTopic(topic)
			}
			list[i].Topics = &topics
		}
	}
	return list
}
