// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

/** What a ring holds, kept outside of this process, as the inflight buffer of the protocol has it for one ring. Device thread only. */
interface InflightRecord {
    /** Whether there is room for a ring of that many descriptors. */
    boolean fits(int size);
}
