// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/** Something of libasound's that is open and can be waited for. One thread at a time; allocates nothing. */
interface AlsaPolled {
    /** How many descriptors it has. */
    int pollDescriptorsCount();

    /**
     * Fills in {@code struct pollfd}s.
     *
     * @return how many, or a negative error number
     */
    int pollDescriptors(long pollfds, int count);

    /** Tells it what {@code poll} found; some plugins need this. */
    int pollDescriptorsRevents(long pollfds, int count, long revents);
}
