// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.List;
import java.util.Map;

/** Every family there is a model of. */
public final class GuestFamilies {
    private static final String OVER_PCI =
            "The real driver wants another transport; these are its habits over virtio-pci.";

    /** One line a family. */
    public static final List<GuestFamily> ALL =
            List.of(new GuestFamily("Breenix", Map.of("exchange", "single"), true, false, OVER_PCI, Breenix::new));

    private GuestFamilies() {}
}
