/** What only shows when all resources are seen together: references to what does not exist. Reads the store, changes nothing that is in force. */
@NullMarked
package dev.weft.resources.analyze;

import org.jspecify.annotations.NullMarked;
