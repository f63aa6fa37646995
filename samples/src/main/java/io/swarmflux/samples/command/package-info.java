/** What people type: commands, options and exit codes. */
@NullMarked
package io.swarmflux.samples.command;

import org.jspecify.annotations.NullMarked;
