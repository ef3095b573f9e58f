// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.List;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.CardBudget;

/** What a card tells its operator, whatever it is attached by. Any thread. */
public interface CardStatistics {
    /** What each stream has done, in the order of the stream ids. */
    List<StreamStatistics> statistics();

    /** What the card takes now for its guest, and how much it may take. */
    List<CardBudget.Use> budgetUse();

    /** What the card plays into and records from, as text for people. */
    String backendName();
}
