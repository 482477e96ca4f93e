package portal

import (
	"testing"

	"github.com/stretchr/testify/require"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
)

func pointer[T any](v T) *T { return &v }

func figure(value int, class reportingapi.FigureClass) *reportingapi.Figure {
	return &reportingapi.Figure{Value: &value, Class: class}
}

func TestACellIsDrawnFromWhatIsPublished(t *testing.T) {
	balance := figure(62, "high")
	balance.Change = &reportingapi.Change{State: "clear", Delta: pointer(-12)}
	balance.CrossesBorder = pointer(true)
	strain := figure(10, "very_low")
	strain.Bound = pointer(reportingapi.Bound("at_most"))
	cell := cellOf("relations", reportingapi.Cell{
		Quality: "meaning", State: "shown", Evidence: "open", NBand: pointer(reportingapi.Band("20-49")),
		Gain: figure(74, "high"), Strain: strain, Balance: balance, Reading: pointer(reportingapi.CellReading("helps")),
	})
	require.True(t, cell.Shown)
	require.True(t, cell.Open)
	require.True(t, cell.Hatched)
	require.Equal(t, "74", cell.Gain.Number)
	require.Equal(t, "≤10", cell.Strain.Number)
	require.Equal(t, barView{StrainX: 90, StrainWidth: 10, GainWidth: 74, Tick: 124}, cell.Bar)
	require.Equal(t, &changeView{State: "clear", Delta: "−12", Points: pointer(-12)}, cell.Change)
	require.Equal(t, "high", cell.Band)
	require.Equal(t, "helps", cell.Reading)
}

func TestASmallGroupHasWordsAndACoarseBar(t *testing.T) {
	class := func(c reportingapi.FigureClass) *reportingapi.Figure { return &reportingapi.Figure{Class: c} }
	cell := cellOf("core_task", reportingapi.Cell{
		Quality: "demands", State: "shown", Gain: class("low"), Strain: class("very_high"), Balance: class("low"),
	})
	require.Empty(t, cell.Gain.Number)
	require.Equal(t, "low", cell.Gain.Class)
	require.Equal(t, barView{StrainX: 10, StrainWidth: 90, GainWidth: 30, Tick: 60, Coarse: true}, cell.Bar)
}

func TestTooFewShowsNothing(t *testing.T) {
	cell := cellOf("core_task", reportingapi.Cell{Quality: "demands", State: "too_few", Gain: figure(74, "high"), Strain: figure(1, "low"), Balance: figure(1, "low")})
	require.Equal(t, cellView{Theme: "core_task", Quality: "demands", Reading: "too_few"}, cell)
}

func TestAnOverviewHasACellForEveryThemeAndQuality(t *testing.T) {
	release := reportingapi.Release{Qualities: []reportingapi.Quality{"meaning", "demands"}}
	node := reportingapi.Node{Themes: []reportingapi.NodeTheme{
		{Theme: "core_task", Cells: []reportingapi.Cell{{Quality: "demands", State: "too_few"}}},
		{Theme: "relations"},
	}}
	o := overviewOf(release, node, func(theme, quality string) string { return theme + "/" + quality })
	require.Len(t, o.Rows, 2)
	for _, row := range o.Rows {
		require.Len(t, row.Cells, 2)
	}
	require.Equal(t, "core_task/demands", o.Rows[1].Cells[0].Path)
	require.Empty(t, o.Rows[0].Cells[0].Path, "what was not asked leads nowhere")
}

func TestSigned(t *testing.T) {
	require.Equal(t, []string{"+7", "0", "−3"}, []string{signed(7), signed(0), signed(-3)})
}
