/** What a TLS connection must present, accept and verify. Names of secrets, never their content. */
@NullMarked
package dev.weft.model.tls;

import org.jspecify.annotations.NullMarked;
