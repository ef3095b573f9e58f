// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.vsnd.audio.live.HostState;

/** What the engine has to be asked and told of a stream even if the server has none. Main loop's thread only. */
interface EngineSide {
    /** What the engine wants. */
    HostState wanted(long nowNanos);

    /** There is no stream of the server's, or it stands still by itself. */
    void idle(long nowNanos);
}
