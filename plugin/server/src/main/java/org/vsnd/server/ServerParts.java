// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.vsnd.spi.CardBudget;
import org.vsnd.spi.GuestMemory;

/**
 * What a server provides for its {@link SocketProtocol}. Device thread only.
 *
 * @param loop the device thread
 * @param announced where the front announces the client's memory
 * @param memory the announced memory, as the device sees it
 * @param notifications to be told of the guest's notifications
 * @param budget how much one client may take
 * @param log for requests that make no sense
 */
public record ServerParts(
        EventLoop loop,
        AnnouncedMemory announced,
        GuestMemory memory,
        NotifyWatch notifications,
        CardBudget budget,
        RateLimitedLog log) {}
