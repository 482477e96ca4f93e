package disclosure

import "math"

// Class is a coarse place on the scale from 0 to 100.
type Class string

// The classes. Their borders at 40 and 60 are those of the colours.
const (
	VeryLow  Class = "very_low"  // under 20
	Low      Class = "low"       // under 40
	Middle   Class = "middle"    // 40 to 60
	High     Class = "high"      // over 60
	VeryHigh Class = "very_high" // over 80
)

// Bound says that a number is only known to be at most, or at least, what is written.
type Bound string

// The bounds. The zero value means that the number is as written.
const (
	AtMost  Bound = "at_most"
	AtLeast Bound = "at_least"
)

// Number is a whole number that may stand for a range.
type Number struct {
	Value int
	Bound Bound
}

// Where ends begin. At the very ends a mean tells what each single person said: a mean of 100 is everybody's 100.
// In larger groups the same holds in a narrower strip, and for a spread of nearly nothing at any mean.
const (
	endPoints   = 10
	endFull     = 5
	leastSpread = 10
)

// ClassOf places a mean.
func ClassOf(mean float64) Class {
	switch {
	case mean < 20:
		return VeryLow
	case mean < 40:
		return Low
	case mean <= 60:
		return Middle
	case mean <= 80:
		return High
	default:
		return VeryHigh
	}
}

// CodeMean writes a mean at a level: the class, and from Points on the number. The class is that of the
// number where there is one, so that it tells nothing beyond it. A Hidden mean is no figure at all: "", nil.
func CodeMean(level Level, mean float64) (Class, *Number) {
	if level == Hidden {
		return "", nil
	}
	if level == Classes {
		return ClassOf(mean), nil
	}
	number := CodeShare(level, mean)
	return ClassOf(float64(number.Value)), &number
}

// CodeShare writes a mean or a share in per cent as a whole number with coded ends.
func CodeShare(level Level, percent float64) Number {
	end := endPoints
	if level >= Full {
		end = endFull
	}
	switch value := int(math.Round(percent)); {
	case value <= end:
		return Number{end, AtMost}
	case value >= 100-end:
		return Number{100 - end, AtLeast}
	default:
		return Number{Value: value}
	}
}

// CodeSpread writes a standard deviation, and returns the deviation that an interval may be computed from.
func CodeSpread(deviation float64) (Number, float64) {
	if deviation <= leastSpread {
		return Number{leastSpread, AtMost}, leastSpread
	}
	return Number{Value: int(math.Round(deviation))}, deviation
}

// CodeInterval writes an interval in whole points, rounded outwards and kept within the scale.
func CodeInterval(from, to float64) (int, int) {
	return max(0, int(math.Floor(from))), min(100, int(math.Ceil(to)))
}

// Band returns the band that a number of people lies in, "" under 5.
func Band(people int) string {
	switch {
	case people < 5:
		return ""
	case people < 10:
		return "5-9"
	case people < 20:
		return "10-19"
	case people < 50:
		return "20-49"
	default:
		return "50+"
	}
}

// Participation returns the share of people who answered, in per cent rounded to tens.
func Participation(answers, people int) int {
	if people <= 0 {
		return 0
	}
	return min(100, int(math.Round(float64(answers)/float64(people)*10))*10)
}
