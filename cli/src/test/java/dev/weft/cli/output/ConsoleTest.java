package dev.weft.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weft.cli.output.Console.ColorChoice;
import dev.weft.cli.output.Console.Style;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConsoleTest {
    private static final Console PLAIN =
            new Console(System.out, System.err, Style.PLAIN, Style.PLAIN, Console.Notes.SHOWN);

    @Test
    void colourNeedsATerminalUnlessForced() {
        assertThat(Console.style(Map.of(), ColorChoice.AUTO, true)).isEqualTo(Style.COLORED_TERMINAL);
        assertThat(Console.style(Map.of(), ColorChoice.AUTO, false)).isEqualTo(Style.PLAIN);
        assertThat(Console.style(Map.of("NO_COLOR", "1"), ColorChoice.AUTO, true))
                .isEqualTo(Style.TERMINAL);
        assertThat(Console.style(Map.of("TERM", "dumb"), ColorChoice.AUTO, true))
                .isEqualTo(Style.TERMINAL);
        assertThat(Console.style(Map.of("CLICOLOR_FORCE", "1"), ColorChoice.AUTO, false))
                .isEqualTo(Style.COLORED);
        assertThat(Console.style(Map.of(), ColorChoice.NEVER, true)).isEqualTo(Style.TERMINAL);
    }

    @Test
    void columnsAreAsWideAsTheirWidestCellAndColourDoesNotCount() {
        Table table = Table.of("NAME", ">RPS").row("web", "1.0").row("catalog", "100.0");
        Console colored = new Console(System.out, System.err, Style.COLORED, Style.PLAIN, Console.Notes.SHOWN);

        assertThat(table.render(PLAIN)).containsExactly("NAME       RPS", "web        1.0", "catalog  100.0");
        assertThat(table.render(colored).getFirst().replaceAll("\033\\[\\d*m", ""))
                .isEqualTo("NAME       RPS");
    }

    @Test
    void oneFailureInAMillionIsNotRoundedToAllWell() {
        assertThat(Numbers.percent(DoubleNode.valueOf(0.999999))).isEqualTo("99.99%");
        assertThat(Numbers.percent(DoubleNode.valueOf(1))).isEqualTo("100.00%");
        assertThat(Numbers.percent(MissingNode.getInstance())).isEqualTo("-");
    }

    @Test
    void agesHaveOneUnit() {
        assertThat(Numbers.age(Duration.ofSeconds(12))).isEqualTo("12s");
        assertThat(Numbers.age(Duration.ofSeconds(400))).isEqualTo("6m");
        assertThat(Numbers.age(Duration.ofHours(21))).isEqualTo("21h");
        assertThat(Numbers.age(Duration.ofDays(3))).isEqualTo("3d");
    }
}
