// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.List;
import java.util.Map;

/** Every family there is a model of. Each has a trace in {@code it-tests}; {@code docs/TESTING.md} says how it is written. */
public final class GuestFamilies {
    private static final String OVER_PCI =
            "The real driver wants another transport; these are its habits over virtio-pci.";

    private static final Map<String, String> ONE_AT_A_TIME = Map.of("exchange", "single");

    /** One line a family. */
    public static final List<GuestFamily> ALL = List.of(
            new GuestFamily("Breenix", ONE_AT_A_TIME, true, false, OVER_PCI, Breenix::new),
            new GuestFamily("ViperDOS", ONE_AT_A_TIME, true, false, OVER_PCI, ViperDos::new),
            new GuestFamily("SlateOS", Map.of(), true, false, "", SlateOs::withPump),
            new GuestFamily("SlateOS, older", Map.of(), false, false, "It asks for A-law.", SlateOs::withWrongNumbers),
            new GuestFamily("RedactedOS", Map.of(), false, false, "It plays nothing yet.", RedactedOs::new),
            new GuestFamily("5BSD", ONE_AT_A_TIME, true, true, "", FiveBsd::new),
            new GuestFamily("FreeBSD, Rust", ONE_AT_A_TIME, true, false, "", FreeBsdRust::new),
            new GuestFamily("ArrOSt", Map.of(), true, false, "", ArrOst::new),
            new GuestFamily("zigos-arch", Map.of("rates", "22050"), true, false, "", ZigOs::new),
            new GuestFamily("CanBoot", Map.of(), true, false, "", CanBoot::new));

    private GuestFamilies() {}
}
