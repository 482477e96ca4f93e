package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// figure is one line of the table.
type figure struct {
	name         string
	unit         string
	value, floor float64
	most         float64 // that is wanted, 0 where nothing is
	times        bool    // most is a ratio to the floor
}

func (f figure) ratio() float64 { return f.value / f.floor }

// wanted is what is wanted and whether it is so.
func (f figure) wanted() (want, verdict string) {
	value := f.value
	switch {
	case f.most == 0:
		return "", ""
	case f.times:
		value, want = f.ratio(), fmt.Sprintf("at most %g x", f.most)
	default:
		want = fmt.Sprintf("under %g %s", f.most, f.unit)
	}
	if value < f.most || f.times && value == f.most {
		return want, "ok"
	}
	return want, "MISSED"
}

// render writes the table.
func render(out io.Writer, figures []figure) error {
	var errs []error
	line := func(columns ...any) {
		text := strings.TrimRight(fmt.Sprintf("%-40s %10s %10s %8s   %-13s %s", columns...), " ")
		_, err := fmt.Fprintln(out, text)
		errs = append(errs, err)
	}
	line("", "measured", "floor", "ratio", "wanted", "")
	for _, f := range figures {
		want, verdict := f.wanted()
		line(f.name, round(f.value)+" "+f.unit, round(f.floor)+" "+f.unit, round(f.ratio())+" x", want, verdict)
	}
	return errors.Join(errs...)
}

// round writes three digits that count.
func round(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// percentile is the smallest of the values that p of a hundred do not exceed (nearest rank), and 0 of none.
func percentile(values []time.Duration, p int) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

func megabytes(n int64) float64 { return float64(n) / 1e6 }
