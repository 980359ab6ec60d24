package dev.weft.cli.output;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, each column as wide as its widest cell. Confined to the thread that fills it. */
public final class Table {
    private static final String GAP = "  ";

    private final ImmutableList<Column> columns;
    private final List<Row> rows = new ArrayList<>();

    /** How a column lines up. */
    public enum Align {
        LEFT,
        RIGHT
    }

    private record Column(String heading, Align align) {}

    /** @param below lines under the row, indented, not part of any column */
    private record Row(ImmutableList<Cell> cells, ImmutableList<String> below) {}

    /** One cell; the paint does not count for the width. */
    public record Cell(String text, Paint paint) {
        public static Cell of(String text) {
            return new Cell(text, Paint.PLAIN);
        }
    }

    private Table(ImmutableList<Column> columns) {
        this.columns = columns;
    }

    /** @param headings a heading that begins with {@code >} lines up to the right */
    public static Table of(String... headings) {
        ImmutableList.Builder<Column> columns = ImmutableList.builder();
        for (String heading : headings) {
            columns.add(
                    heading.startsWith(">")
                            ? new Column(heading.substring(1), Align.RIGHT)
                            : new Column(heading, Align.LEFT));
        }
        return new Table(columns.build());
    }

    public Table row(String... cells) {
        ImmutableList.Builder<Cell> row = ImmutableList.builder();
        for (String cell : cells) {
            row.add(Cell.of(cell));
        }
        return row(row.build(), ImmutableList.of());
    }

    public Table row(ImmutableList<Cell> cells, ImmutableList<String> below) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException("cells: expected " + columns.size() + ", found " + cells.size());
        }
        rows.add(new Row(cells, below));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The table as lines, without trailing blanks. */
    public ImmutableList<String> render(Console console) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.max(
                    columns.get(i).heading().length(),
                    rows.stream()
                            .mapToInt(row -> row.cells().get(column).text().length())
                            .max()
                            .orElse(0));
        }
        ImmutableList.Builder<String> lines = ImmutableList.builder();
        ImmutableList<Cell> headings = columns.stream()
                .map(column -> new Cell(column.heading(), Paint.STRONG))
                .collect(ImmutableList.toImmutableList());
        lines.add(line(headings, widths, console));
        for (Row row : rows) {
            lines.add(line(row.cells(), widths, console));
            row.below().forEach(text -> lines.add("  " + text));
        }
        return lines.build();
    }

    public void print(Console console) {
        render(console).forEach(console::print);
    }

    private String line(ImmutableList<Cell> cells, int[] widths, Console console) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            String blanks = " ".repeat(widths[i] - cell.text().length());
            String painted = console.paint(cell.paint(), cell.text());
            boolean last = i == cells.size() - 1;
            if (columns.get(i).align() == Align.RIGHT) {
                line.append(blanks).append(painted);
            } else {
                line.append(painted).append(last ? "" : blanks);
            }
            line.append(last ? "" : GAP);
        }
        return line.toString().stripTrailing();
    }
}
