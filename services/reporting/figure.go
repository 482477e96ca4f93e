package reporting

import (
	"slices"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
)

// The borders of the colours, and the spread from which people are said to disagree (the largest possible is 50).
const (
	borderLow  = 40
	borderHigh = 60
	splitFrom  = 30
)

// figure writes a mean at a level. Where the level allows, spread and interval come with it; at the coded ends they
// would give the mean away.
func figure(level disclosure.Level, mean float64, spread *spread) *api.Figure {
	class, number := disclosure.CodeMean(level, mean)
	f := &api.Figure{Class: api.FigureClass(class)}
	if number == nil {
		return f
	}
	f.Value, f.Bound = &number.Value, bound(number.Bound)
	if level < disclosure.Full || spread == nil || number.Bound != "" {
		return f
	}
	coded, deviation := disclosure.CodeSpread(spread.deviation)
	f.Spread = &api.Spread{Value: coded.Value, Bound: bound(coded.Bound)}
	half := halfWidth(deviation, spread.n, spread.people)
	from, to := disclosure.CodeInterval(mean-half, mean+half)
	f.Interval = &api.Interval{From: from, To: to}
	crosses := from < borderLow && to >= borderLow || from <= borderHigh && to > borderHigh
	f.CrossesBorder = &crosses
	return f
}

// spread is what an interval is computed from.
type spread struct {
	deviation float64
	n, people int
}

func spreadOf(m moments, people int) *spread {
	return &spread{deviation: m.deviation(), n: m.N, people: people}
}

func share(level disclosure.Level, percent float64) *api.Share {
	number := disclosure.CodeShare(level, percent)
	return &api.Share{Value: number.Value, Bound: bound(number.Bound)}
}

func bound(b disclosure.Bound) *api.Bound {
	if b == "" {
		return nil
	}
	out := api.Bound(b)
	return &out
}

func band(n int) *api.Band {
	b := api.Band(disclosure.Band(n))
	return &b
}

// teller writes what one theme tells of one group.
type teller struct {
	theme                Theme
	sums                 themeSums
	people               int
	cells, fits, spreads disclosure.Protection
}

func (t teller) tell() groupTheme {
	out := groupTheme{level: t.cells.Level, means: map[string]cellMean{}}
	out.public = api.NodeTheme{Theme: api.Theme(t.theme.ID), State: api.Shown}
	for i, cell := range t.theme.Cells {
		public, mean := t.cell(i, cell)
		out.public.Cells = append(out.public.Cells, public)
		out.means[cell.Quality] = mean
		if cell.Fit != nil {
			out.public.Fit = t.fit()
		}
	}
	out.public.Score = t.score(out.means)
	return out
}

func (t teller) cell(i int, cell Cell) (api.Cell, cellMean) {
	c := t.sums.Cells[i]
	mean := cellMean{n: c.Gain.N, gain: c.Gain.mean(), strain: c.Strain.mean()}
	out := api.Cell{
		Quality: api.Quality(cell.Quality), Evidence: api.CellEvidence(cell.Evidence), State: api.Shown, NBand: band(mean.n),
		Gain: t.of(c.Gain), Strain: t.of(c.Strain), Balance: t.of(c.Balance),
	}
	if t.cells.Shares {
		out.Mixed = share(t.cells.Level, c.Gain.share(c.Mixed))
	}
	if t.cells.Level >= disclosure.Full {
		split := isSplit(out.Gain) || isSplit(out.Strain)
		out.Split = &split
	}
	reading := readingOf(out.Gain.Class, out.Strain.Class)
	out.Reading = &reading
	out.Sentence = sentence(t.theme, cell.Quality, string(reading))
	return out, mean
}

func (t teller) of(m moments) *api.Figure {
	return figure(t.cells.Level, m.mean(), spreadOf(m, t.people))
}

// isSplit judges by what is published, so that it tells nothing more.
func isSplit(f *api.Figure) bool { return f.Spread != nil && f.Spread.Value >= splitFrom }

// readingOf puts gain and strain into one word, from their classes.
func readingOf(gain, strain api.FigureClass) api.CellReading {
	high := []api.FigureClass{api.High, api.VeryHigh}
	low := []api.FigureClass{api.VeryLow, api.Low}
	switch {
	case slices.Contains(high, gain) && slices.Contains(high, strain):
		return api.Both
	case slices.Contains(high, gain):
		return api.Helps
	case slices.Contains(high, strain):
		return api.Hinders
	case slices.Contains(low, gain) && slices.Contains(low, strain):
		return api.Little
	default:
		return api.Even
	}
}

// score is the mean of a theme. It is computed from the means of the cells and not from the people: the sum over
// people with at least half of the cells, minus the sums of the cells, would be a sum over the few who lack some.
// Spread and interval are those of these people, where they are enough for it.
func (t teller) score(means map[string]cellMean) api.Score {
	var gains, strains moments
	for _, cell := range t.theme.Cells {
		gains.add(means[cell.Quality].gain)
		strains.add(means[cell.Quality].strain)
	}
	gain, strain := gains.mean(), strains.mean()
	of := func(mean float64, persons moments) *api.Figure {
		if t.spreads.Level < disclosure.Full {
			return figure(t.cells.Level, mean, nil)
		}
		return figure(t.cells.Level, mean, spreadOf(persons, t.people))
	}
	return api.Score{
		State: api.Shown, NBand: band(smallest(means)),
		Gain: of(gain, t.sums.Gains), Strain: of(strain, t.sums.Strains), Balance: of(50+(gain-strain)/2, t.sums.Balances),
	}
}

func smallest(means map[string]cellMean) int {
	n := 0
	for _, m := range means {
		if n == 0 || m.n < n {
			n = m.n
		}
	}
	return n
}

// fit tells whether demands fit. It is never averaged into balance.
func (t teller) fit() *api.Fit {
	if t.fits.Level == disclosure.Hidden {
		return &api.Fit{State: api.TooFew}
	}
	level := min(t.fits.Level, t.cells.Level)
	fit := t.sums.Fit
	out := &api.Fit{State: api.Shown, NBand: band(fit.N), Fit: figure(level, fit.mean(), spreadOf(fit, t.people))}
	if t.fits.Shares && level >= disclosure.Points {
		out.TooMuch = share(level, fit.share(t.sums.TooMuch))
		out.TooLittle = share(level, fit.share(t.sums.Little))
	}
	return out
}

// qualityScore is the mean of a quality over the themes shown for a group, of which there must be two. Like score it is
// computed from means of cells that are themselves shown, and so adds nothing to what they tell.
func qualityScore(id string, quality api.Quality, results []themeResult) api.QualityScore {
	level := disclosure.Full
	means := map[string]cellMean{}
	var gains, strains moments
	for _, r := range results {
		group, shown := r.groups[id]
		if mean, asked := group.means[string(quality)]; shown && asked {
			means[r.theme.ID] = mean
			gains.add(mean.gain)
			strains.add(mean.strain)
			level = min(level, group.level)
		}
	}
	if len(means) < 2 {
		return api.QualityScore{Quality: quality, State: api.TooFew}
	}
	gain, strain := gains.mean(), strains.mean()
	return api.QualityScore{
		Quality: quality, State: api.Shown, NBand: band(smallest(means)),
		Gain: figure(level, gain, nil), Strain: figure(level, strain, nil), Balance: figure(level, 50+(gain-strain)/2, nil),
	}
}
