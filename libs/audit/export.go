package audit

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// millis is RFC 3339 with the milliseconds that are hashed.
const millis = "2006-01-02T15:04:05.000Z"

// WriteNDJSON writes each entry as one line of JSON, which is what ReadNDJSON reads.
func WriteNDJSON(w io.Writer, entries iter.Seq2[Entry, error]) error {
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	for e, err := range entries {
		if err != nil {
			return err
		}
		if err := encoder.Encode(e); err != nil {
			return err
		}
	}
	return out.Flush()
}

// maxLine is more than the longest line of an export.
const maxLine = 1 << 20

// ReadNDJSON returns the entries of an export. A line that is no entry is an error.
func ReadNDJSON(r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		for n := 1; lines.Scan(); n++ {
			e, err := parse(lines.Text())
			if err != nil {
				yield(Entry{}, fmt.Errorf("line %d: %w", n, err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Entry{}, err)
		}
	}
}

func parse(line string) (Entry, error) {
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.DisallowUnknownFields()
	var e Entry
	if err := decoder.Decode(&e); err != nil {
		return e, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return e, errors.New("more than one entry")
	}
	if !e.At.Equal(e.At.Truncate(time.Millisecond)) {
		return e, errors.New("a time that is not in whole milliseconds")
	}
	return e, nil
}

var columns = []string{
	"tenant_id", "seq", "at", "subject", "action", "resource_type", "resource_id", "decision", "previous", "hash",
}

// WriteCSV writes the entries for a spreadsheet.
func WriteCSV(w io.Writer, entries iter.Seq2[Entry, error]) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	for e, err := range entries {
		if err != nil {
			return err
		}
		row := []string{
			string(e.Tenant), strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(millis), e.Subject, e.Action, e.ResourceType,
			e.ResourceID, e.Decision, e.Previous, e.Hash,
		}
		for i := range row {
			row[i] = inert(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inert keeps a spreadsheet from taking a text for a formula (OWASP, CSV injection).
func inert(cell string) string {
	if strings.HasPrefix(strings.TrimLeft(cell, " "), "=") || cell != "" && strings.ContainsRune("+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
