package dev.weft.cli.output;

/** What {@code -o} accepts. */
public enum Format {
    TABLE,
    JSON,
    YAML
}
