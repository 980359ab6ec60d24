package dev.weft.tests.cluster;

/**
 * How a program ended.
 *
 * @param exit its exit code
 * @param out what it printed
 * @param err what it said beside that
 */
public record Outcome(int exit, String out, String err) {
    public boolean succeeded() {
        return exit == 0;
    }
}
