/** What {@code meshctl check} finds, from facts that others gathered: pure. Imports {@code output} only. */
@NullMarked
package dev.weft.cli.check;

import org.jspecify.annotations.NullMarked;
