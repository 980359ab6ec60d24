/** What a real Istio did, request by request, replayed on our mesh. */
@NullMarked
package dev.weft.tests.istio;

import org.jspecify.annotations.NullMarked;
