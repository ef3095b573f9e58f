// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.vsnd.spi.CardBudget;

/**
 * What a client may take and give.
 *
 * @param budget how much it may take
 * @param anyMemoryFile whether the guest's memory may be in any file, not only in memory (memfd, tmpfs, hugetlbfs). A
 *     file whose pages never arrive, because a server hangs, then stops the whole process and all its cards.
 */
public record ClientRules(CardBudget budget, boolean anyMemoryFile) {
    /** The standard budget, and files in memory only. */
    public static final ClientRules STANDARD = new ClientRules(CardBudget.STANDARD, false);
}
