/** What is wrong and who is behind: problems of resources and the state of every proxy, from validation and acknowledgements. */
@NullMarked
package dev.weft.control.status;

import org.jspecify.annotations.NullMarked;
