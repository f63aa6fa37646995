/** What the tests of every module share: the guards around each test run, and the acceptance figures. */
@NullMarked
package io.swarmflux.testing;

import org.jspecify.annotations.NullMarked;
