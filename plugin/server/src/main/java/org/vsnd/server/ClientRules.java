// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.vsnd.spi.CardBudget;

/**
 * What a client may take and give.
 *
 * @param budget how much of everything
 * @param anyMemoryFile whether the guest's memory may be any file, not only one of memory (memfd, tmpfs, hugetlbfs). A file
 *     whose pages do not come, because a server hangs, then stops the whole process and all its cards.
 */
public record ClientRules(CardBudget budget, boolean anyMemoryFile) {
    /** The ordinary budget, and files of memory only. */
    public static final ClientRules STANDARD = new ClientRules(CardBudget.STANDARD, false);
}
