/** Proxies as pods run them: told everything by their environment, against a control plane of this process. */
@NullMarked
package dev.weft.tests.agent;

import org.jspecify.annotations.NullMarked;
