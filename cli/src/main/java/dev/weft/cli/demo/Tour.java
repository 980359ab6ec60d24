package dev.weft.cli.demo;

import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Paint;
import java.util.Locale;

/** Plays the steps of the tour one after the other, prints a line for each, and tells whether all held. */
final class Tour {
    private final Console console;
    private final ImmutableList<Step> steps;

    /** One thing to try, done and asserted. */
    interface Step {
        String name();

        /** What was seen; throws {@link Broken} where it is not what was promised. */
        String play() throws Exception;
    }

    /** A promise that did not hold. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String found) {
            super(found);
        }
    }

    Tour(Console console, ImmutableList<Step> steps) {
        this.console = console;
        this.steps = steps;
    }

    boolean play() throws InterruptedException {
        boolean all = true;
        for (Step step : steps) {
            long start = System.nanoTime();
            String seen;
            boolean held = false;
            try {
                seen = step.play();
                held = true;
            } catch (InterruptedException e) {
                throw e;
            } catch (Broken e) {
                seen = String.valueOf(e.getMessage());
            } catch (Failure e) {
                seen = e.render();
            } catch (Exception e) {
                seen = e.toString();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            String word = held ? console.paint(Paint.GOOD, "ok  ") : console.paint(Paint.BAD, "FAIL");
            console.print(String.format(Locale.ROOT, "  %s  %5.1fs  %-14s %s", word, seconds, step.name(), seen));
            console.out().flush();
            all &= held;
        }
        return all;
    }
}
