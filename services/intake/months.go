package intake

import (
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	ballotboxapi "github.com/guldkorn/guldkorn/libs/api/ballotbox"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/sealed"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// What months need is done by the sweep that carries rounds on (ballot.go): each step is written down before the next, may be
// repeated, and is taken up by the next process where one dies. It publishes one event, that a list waits to be countersigned,
// before anybody can tell anything. After that it publishes none, since an event has a time and a sequence.

// voiceID is the one Voice of a school.
const voiceID = "voice"

// openVoice declares what anonymous telling is kept in. Of an experience the store keeps the day on which it was opened.
func (s *Intake) openVoice(ctx context.Context, store *document.Store) (err error) {
	if s.voices, err = document.Open[Voice](ctx, store, document.Schema{
		Name:    "voices",
		Indexes: []document.Index{{Name: "by_month", Fields: []string{"on", "begun"}, Across: true}},
	}); err != nil {
		return err
	}
	if s.months, err = document.Open[Month](ctx, store, document.Schema{
		Name: "months",
		Indexes: []document.Index{
			{Name: "by_name", Fields: []string{"name"}},
			{Name: "by_step", Fields: []string{"status", "next_at"}, Across: true},
		},
	}); err != nil {
		return err
	}
	if s.experiences, err = document.Open[Experience](ctx, store, document.Schema{
		Name: "experiences", DaysOnly: true,
		Indexes: []document.Index{
			{Name: "by_month", Fields: []string{"month_id"}},
			{Name: "by_unsent", Fields: []string{"unsent"}, Across: true},
		},
	}); err != nil {
		return err
	}
	s.allVoices = document.NewAcross(s.voices, ownWork)
	s.allMonths = document.NewAcross(s.months, ownWork)
	s.allTold = document.NewAcross(s.experiences, ownWork)
	return nil
}

// sweepMonths begins the month of every school that has none yet, takes the others as far as they get now, and returns how
// many the ballot box still owes an answer.
func (s *Intake) sweepMonths(ctx context.Context) (left int, err error) {
	now := s.now()
	lacking, err := collect(s.allVoices.All(ctx, document.Query{Index: "by_month", Equal: []any{true}, To: monthOf(DateOf(now))}))
	if err != nil {
		return 0, err
	}
	for _, doc := range lacking {
		if err := s.beginMonth(tenant.With(ctx, doc.Tenant), doc.Body.Readers, DateOf(now)); err != nil {
			s.logger.WarnContext(ctx, "a month could not begin, will be tried again", "tenant", doc.Tenant, "error", err)
			left++
		}
	}
	for _, status := range monthStatuses {
		due, err := collect(s.allMonths.All(ctx, document.Query{Index: "by_step", Equal: []any{string(status)}, To: now.Add(time.Millisecond)}))
		if err != nil {
			return left, err
		}
		for _, doc := range due {
			if err := s.stepMonth(tenant.With(ctx, doc.Tenant), doc); err != nil {
				s.monthStays(ctx, doc, err)
				left++
			}
		}
	}
	return left, s.sendReplies(ctx)
}

// beginMonth freezes the month of a day at the context's school, or records why there is none.
func (s *Intake) beginMonth(ctx context.Context, readers []string, today Date) error {
	staff, without, err := s.tellers(ctx, readers)
	if err != nil {
		return err
	}
	if without == "" {
		if err := s.freezeMonth(ctx, staff, readers, today); err != nil && failure.CodeOf(err) != failure.DocumentExists {
			return err
		}
	}
	_, err = s.voices.Update(ctx, voiceID, func(v *Voice) ([]events.Event, error) {
		v.Begin(monthOf(today), without)
		return nil, nil
	})
	return err
}

// tellers are the staff of the context's school in one unit, and what stands against a month. In units of their own, few
// people would share a key, and their experiences would say where to look.
func (s *Intake) tellers(ctx context.Context, readers []string) (UnitStaff, Obstacle, error) {
	all := UnitStaff{FrozenUnit: FrozenUnit{UnitID: monthUnit}}
	units, err := s.staff(ctx, nil, events.ByUnit)
	if err != nil {
		return all, "", err
	}
	for _, unit := range units {
		all.Persons = append(all.Persons, unit.Persons...)
	}
	all.Headcount = len(all.Persons)
	there, err := s.representatives(ctx)
	return all, obstacle(all.Headcount, readers, there), err
}

// monthID is the id of a school's month, at the ballot box too. It is always the same, so that a month begins once; after
// each list that was refused it is another.
func monthID(ctx context.Context, name string, refused int) (string, error) {
	school, err := tenant.From(ctx)
	from := "month/" + string(school) + "/" + name
	if refused > 0 {
		from += "/" + strconv.Itoa(refused)
	}
	return idOf(from), err
}

func (s *Intake) freezeMonth(ctx context.Context, staff UnitStaff, readers []string, today Date) error {
	refused, err := s.refusedLists(ctx, monthOf(today))
	if err != nil {
		return err
	}
	id, err := monthID(ctx, monthOf(today), refused)
	if err != nil {
		return err
	}
	if _, err := s.months.Get(ctx, id); failure.CodeOf(err) != failure.DocumentNotFound {
		return err // it has begun already
	}
	frozen := MonthFrame{Staff: staff.Headcount, Readers: readers}
	if frozen.BallotBox, err = s.host(ctx); err != nil {
		return err
	}
	if frozen.RosterHash, err = s.freezeRoster(ctx, id, []UnitStaff{staff}); err != nil {
		return err
	}
	if frozen.Form, err = s.monthForm(ctx); err != nil {
		return err
	}
	if frozen.Names, err = s.nameMarks(ctx); err != nil {
		return err
	}
	private, err := s.keys.Ensure(batchKeyName(id), sealed.NewKey)
	if err != nil {
		return err
	}
	if frozen.ReleaseKey, err = sealed.PublicKey(private); err != nil {
		return err
	}
	_, err = s.months.Insert(ctx, id, NewMonth(today, frozen))
	return err
}

// monthForm is what the context's school asks about an experience now.
func (s *Intake) monthForm(ctx context.Context) ([]byte, error) {
	technologies := []NamedTechnology{}
	for doc, err := range s.technologies.All(ctx, document.Query{Index: "by_creation"}) {
		if err != nil {
			return nil, err
		}
		technologies = append(technologies, NamedTechnology{ID: doc.ID, Name: doc.Body.Name})
	}
	for _, one := range s.instruments.Newest() {
		if one.Kind == "full" {
			return json.Marshal(newMonthForm(one, technologies))
		}
	}
	return nil, fmt.Errorf("there is no full instrument to name the cells by")
}

// errMakingKeys is why a month that begins waits for a moment.
var errMakingKeys = errors.New("the ballot box makes its keys")

// monthStays logs why a month did not go on. It will be tried again.
func (s *Intake) monthStays(ctx context.Context, doc document.Document[Month], err error) {
	level := slog.LevelWarn
	if errors.Is(err, errMakingKeys) {
		level = slog.LevelDebug
	}
	s.logger.Log(ctx, level, "a month could not go on, will be tried again", "tenant", doc.Tenant, "month", doc.ID, "status", doc.Body.Status, "error", err)
}

// stepMonth takes a month one step further.
func (s *Intake) stepMonth(ctx context.Context, doc document.Document[Month]) error {
	switch doc.Body.Status {
	case MonthPreparing:
		return s.finishPreparing(ctx, doc)
	case MonthCountersigning:
		return s.changeMonth(ctx, doc.ID, func(m *Month) { m.Expire(s.now()) })
	case MonthRefused:
		if doc.Body.NextAt.IsZero() {
			return s.dropMonth(ctx, doc.ID)
		}
		return s.forgetMonth(ctx, doc.ID)
	case MonthOpening:
		return s.finishOpeningMonth(ctx, doc)
	case MonthOpen:
		return s.changeMonth(ctx, doc.ID, func(m *Month) { m.Close(s.now()) })
	case MonthClosing:
		return s.finishMonth(ctx, doc)
	default:
		return s.forgetMonth(ctx, doc.ID)
	}
}

func (s *Intake) changeMonth(ctx context.Context, id string, change func(*Month)) error {
	_, err := s.months.Update(ctx, id, func(m *Month) ([]events.Event, error) {
		change(m)
		return nil, nil
	})
	return err
}

// finishPreparing has the ballot box make its keys.
func (s *Intake) finishPreparing(ctx context.Context, doc document.Document[Month]) error {
	var answer announcement
	if err := s.ballotBox.Call(ctx, http.MethodPut, ballotPath(doc.ID, ""), s.monthFrame(doc), &answer); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	if answer.State == string(ballotboxapi.Preparing) {
		return errMakingKeys
	}
	f := doc.Body.Frozen
	vouched := vouchedFor{doc.ID, f.ReleaseKey, f.RosterHash, leastThresholds, []string{monthUnit}}
	if err := answer.check(s.settings.ballotBoxKey, vouched); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	_, err := s.months.Update(ctx, doc.ID, func(m *Month) ([]events.Event, error) {
		return m.FinishPreparing(doc.ID, answer.KeyListHash), nil
	})
	return err
}

var leastThresholds = events.Thresholds{Means: LeastMeans, Distributions: LeastDistributions}

// monthFrame is the month as the ballot box is to know it: nothing but what is frozen, so that a repeat is identical.
func (s *Intake) monthFrame(doc document.Document[Month]) ballotFrame {
	f := doc.Body.Frozen
	return ballotFrame{
		Kind: monthKind, TokensEach: tokensEach, TenantID: doc.Tenant, Title: Text{DA: doc.Body.Name, EN: doc.Body.Name},
		Instrument: json.RawMessage(f.Form), Units: []ballotboxapi.VotingUnit{{UnitID: monthUnit, Voters: f.Staff}},
		ReleaseKey: f.ReleaseKey, RosterHash: f.RosterHash, Thresholds: leastThresholds,
		Contract: ballotContract{BallotBox: f.BallotBox, Breakdowns: []string{}, TextReaders: f.Readers, Hash: f.Hash}, Names: f.Names,
		OpensOn: f.OpensOn, ClosesOn: f.ClosesOn, PortalURL: s.settings.PortalURL,
	}
}

// finishMonth has the ballot box shuffle the month into one batch, stores what is in it, and then destroys what nobody needs
// any more: the key to the batch, and the secret of the roster.
func (s *Intake) finishMonth(ctx context.Context, doc document.Document[Month]) error {
	if !doc.Body.Opened {
		if err := s.takeBatch(ctx, doc); err != nil {
			return err
		}
		if err := s.changeMonth(ctx, doc.ID, (*Month).Take); err != nil {
			return err
		}
	}
	failpoint.Hit("after-record-before-destroy")
	if err := s.keys.Destroy(batchKeyName(doc.ID)); err != nil {
		return err
	}
	if err := s.forget(doc.ID); err != nil {
		return err
	}
	return s.changeMonth(ctx, doc.ID, (*Month).FinishClosing)
}

// takeBatch fetches the batch and stores its experiences under the month's own key. Each is named by its envelope, so that a
// repeat stores none twice.
func (s *Intake) takeBatch(ctx context.Context, doc document.Document[Month]) error {
	var closed ballotboxapi.ClosedRound
	if err := s.ballotBox.Call(ctx, http.MethodPost, ballotPath(doc.ID, "/close"), nil, &closed); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	var raw []byte
	if err := s.ballotBox.Call(ctx, http.MethodGet, ballotPath(doc.ID, "/experiences"), nil, &raw); err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	envelopes, err := readMonthBatch(raw, closed.BatchHash, doc)
	if err != nil {
		return err
	}
	private, err := s.keys.Get(batchKeyName(doc.ID))
	if err != nil {
		return err
	}
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private)
	if err != nil {
		return fmt.Errorf("key of the batch: %w", err)
	}
	under, err := s.keys.Ensure(toldKeyName(doc.ID), newMonthKey)
	if err != nil {
		return err
	}
	var form MonthForm
	if err := json.Unmarshal(doc.Body.Frozen.Form, &form); err != nil {
		return fmt.Errorf("form: %w", err)
	}
	names, err := s.directory.Colleagues(ctx, s.tenancy)
	if err != nil {
		return err
	}
	refused := 0
	for _, envelope := range envelopes {
		told, err := openTold(key, doc.ID, form, names, envelope)
		if err != nil { // somebody's own program; the others are read all the same
			refused++
			continue
		}
		id := idOf(envelope)
		content, err := monthKey(under).seal(id, told)
		if err != nil {
			return err
		}
		if _, err := s.experiences.Insert(ctx, id, Experience{MonthID: doc.ID, Told: content}); err != nil && failure.CodeOf(err) != failure.DocumentExists {
			return err
		}
		failpoint.Hit("after-experience-before-next")
	}
	if refused > 0 {
		s.logger.WarnContext(ctx, "a month had experiences that the form cannot have sent", "month", doc.ID)
	}
	return nil
}

// readMonthBatch holds what the ballot box handed over against the month: its hash, its one unit, and no more than there are
// tokens.
func readMonthBatch(raw []byte, hash string, doc document.Document[Month]) ([]string, error) {
	sum := sha256.Sum256(raw)
	var batch ballotboxapi.Batch
	if err := json.Unmarshal(raw, &batch); err != nil || hex.EncodeToString(sum[:]) != hash || batch.RoundID.String() != doc.ID {
		return nil, failure.New(failure.MonthForeign)
	}
	if len(batch.Units) != 1 || batch.Units[0].UnitID != monthUnit || len(batch.Units[0].Answers) > tokensEach*doc.Body.Frozen.Staff {
		return nil, failure.New(failure.MonthForeign)
	}
	return batch.Units[0].Answers, nil
}

func openTold(key hpke.PrivateKey, monthID string, form MonthForm, names personal.Names, envelope string) (Told, error) {
	plain, err := sealed.Open(key, monthID, envelope)
	if err != nil {
		return Told{}, err
	}
	answers, err := sealed.Read(plain, monthID, form.ID, form.Version)
	if err != nil {
		return Told{}, err
	}
	return readTold(answers, form, names)
}

// sendReplies brings the ballot box what readers have answered.
func (s *Intake) sendReplies(ctx context.Context) error {
	waiting, err := collect(s.allTold.All(ctx, document.Query{Index: "by_unsent", Equal: []any{true}}))
	if err != nil {
		return err
	}
	for _, doc := range waiting {
		if err := s.sendReply(tenant.With(ctx, doc.Tenant), doc); err != nil {
			s.logger.WarnContext(ctx, "a reply could not be brought to the ballot box, will be tried again", "month", doc.Body.MonthID, "error", err)
		}
	}
	return nil
}

func (s *Intake) sendReply(ctx context.Context, doc document.Document[Experience]) error {
	key, err := s.toldKey(doc.Body.MonthID)
	if err != nil {
		return err
	}
	told, err := doc.Body.content(key, doc.ID)
	if err != nil {
		return err
	}
	reply := ballotboxapi.SealedReply{Sealed: base64.RawURLEncoding.EncodeToString(doc.Body.Reply)}
	if err := s.ballotBox.Call(ctx, http.MethodPut, ballotPath(doc.Body.MonthID, "/replies/"+told.ReplyID), reply, nil); err != nil {
		return err
	}
	_, err = s.experiences.Update(ctx, doc.ID, func(e *Experience) ([]events.Event, error) {
		e.Unsent, e.Reply = false, nil
		return nil, nil
	})
	return err
}

// forgetMonth destroys the key of all that was told in a month, and erases it.
func (s *Intake) forgetMonth(ctx context.Context, id string) error {
	for _, name := range []string{toldKeyName(id), batchKeyName(id), secretName(id)} {
		if err := s.keys.Destroy(name); err != nil {
			return err
		}
	}
	told, err := collect(s.experiences.All(ctx, document.Query{Index: "by_month", Equal: []any{id}}))
	if err != nil {
		return err
	}
	for _, doc := range told {
		if err := gone(s.experiences.Erase(ctx, doc.ID)); err != nil {
			return err
		}
	}
	return gone(s.months.Erase(ctx, id))
}

// forgetMonths destroys the months of a deleted school, and has the ballot box close the one under way, whose batch nobody
// fetches.
func (s *Intake) forgetMonths(ctx context.Context) error {
	months, err := collect(s.months.All(ctx, document.Query{Index: "by_name"}))
	if err != nil {
		return err
	}
	for _, doc := range months {
		if doc.Body.Status != MonthClosed {
			err := s.ballotBox.Call(ctx, http.MethodPost, ballotPath(doc.ID, "/close"), nil, nil)
			if err != nil && failure.CodeOf(err) != failure.BallotRoundUnknown && failure.CodeOf(err) != failure.BallotRoundNotReady {
				return fmt.Errorf("close month %s of a deleted school: %w", doc.ID, err)
			}
		}
		if err := s.forgetMonth(ctx, doc.ID); err != nil {
			return err
		}
	}
	return nil
}
