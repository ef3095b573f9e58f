// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.vsnd.audio.live.HostState;

/** Exchanges with the engine about a stream, even if the server has none. Main loop's thread only. */
interface EngineSide {
    /** The state that the engine wants. */
    HostState wanted(long nowNanos);

    /** The server has no stream, or it stands still on its own. */
    void idle(long nowNanos);
}
