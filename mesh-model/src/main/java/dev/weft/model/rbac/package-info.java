/** Authorization as a tree of permissions and principals, and the pure function that decides. */
@NullMarked
package dev.weft.model.rbac;

import org.jspecify.annotations.NullMarked;
