// SPDX-License-Identifier: Apache-2.0
/**
 * The measurements behind {@code docs/bench-audio.md}, against real audio servers: whether the guest's completions follow the
 * clock of what plays, what latency is reported and what is heard, how low it can be, and what many streams cost. Everything
 * measured runs in processes of its own; converters at the end of a server's pipes say when each frame was heard.
 */
@NullMarked
package org.vsnd.bench.audio;

import org.jspecify.annotations.NullMarked;
