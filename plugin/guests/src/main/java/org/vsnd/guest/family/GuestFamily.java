// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.Map;
import java.util.function.Function;
import org.vsnd.guest.driver.Bus;

/**
 * A family of guests.
 *
 * @param name as its people call it
 * @param options of the card that its user should set, such as a profile; none: the card as it is
 * @param plays whether sound comes with these options; false: {@link FamilyDriver#boot} or {@link FamilyDriver#play} ends
 *     with a {@link GuestTroubleException}
 * @param records whether it records
 * @param note what one should know who looks at its results, in a sentence or none
 * @param driver makes its driver for a machine
 */
public record GuestFamily(
        String name,
        Map<String, String> options,
        boolean plays,
        boolean records,
        String note,
        Function<Bus, FamilyDriver> driver) {
    @Override
    public String toString() {
        return name;
    }
}
