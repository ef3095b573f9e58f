// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.List;
import java.util.Map;

/** Every family there is a model of. Each has a trace in {@code it-tests}; {@code docs/TESTING.md} says how it is written. */
public final class GuestFamilies {
    private static final String OVER_PCI =
            "The real driver wants another transport; these are its habits over virtio-pci.";

    private static final String ONE_GAP = "Without the profile each sound has one gap.";

    private static final Map<String, String> ONE_AT_A_TIME = Map.of("exchange", "single");

    private static final String NEVER_STARTED =
            "A sound of one period hangs: it is never started, and the driver waits for it without end.";

    /** One line a family. */
    public static final List<GuestFamily> ALL = List.of(
            new GuestFamily("Breenix", ONE_AT_A_TIME, true, false, OVER_PCI, Breenix::new),
            new GuestFamily("ViperDOS", ONE_AT_A_TIME, true, false, OVER_PCI, ViperDos::onEmulatedProcessor),
            new GuestFamily(
                    "ViperDOS with KVM",
                    Map.of(),
                    false,
                    false,
                    "A fast processor has looked a million times before a message has been played.",
                    ViperDos::onFastProcessor),
            new GuestFamily("SlateOS", Map.of(), true, false, "", SlateOs::withPump),
            new GuestFamily("SlateOS, older", Map.of(), false, false, "It asks for A-law.", SlateOs::withWrongNumbers),
            new GuestFamily("Windows, viosnd", profile("windows"), true, true, "", WindowsViosnd::waveRt),
            new GuestFamily(
                    "Windows, viosnd ACX",
                    profile("windows"),
                    true,
                    true,
                    "Read in part: its life cycle is known, the rest is that of the other variant.",
                    WindowsViosnd::acx),
            new GuestFamily("RT-Thread", profile("rt-thread"), true, true, "", RtThread::new),
            new GuestFamily("KLOG kernel", Map.of(), true, false, NEVER_STARTED, KlogKernel::new),
            new GuestFamily("module OS", ONE_AT_A_TIME, true, false, "", ModuleOs::new),
            new GuestFamily("gbemu OS", Map.of(), false, false, "PREPARE and START name no stream.", GbemuOs::new),
            new GuestFamily("RedactedOS", Map.of(), false, false, "It plays nothing yet.", RedactedOs::new),
            new GuestFamily("5BSD", profile("freebsd"), true, true, ONE_GAP, FiveBsd::awake),
            new GuestFamily("5BSD, sleeping", profile("freebsd"), true, true, ONE_GAP, FiveBsd::sleeping),
            new GuestFamily("FreeBSD, Rust", profile("freebsd"), true, false, ONE_GAP, FreeBsdRust::new),
            new GuestFamily("ArrOSt", Map.of(), true, false, "", ArrOst::new),
            new GuestFamily("zigos-arch", Map.of(), true, false, "", ZigOs::new),
            new GuestFamily("CanBoot", Map.of(), true, false, "", CanBoot::new),
            new GuestFamily(
                    "NuttX",
                    profile("nuttx"),
                    true,
                    true,
                    "882 bytes of stereo at 11025 Hz are no whole frames.",
                    NuttX::stereo),
            new GuestFamily(
                    "NuttX, mono",
                    profile("nuttx"),
                    true,
                    true,
                    "1323 bytes of 16-bit mono are no whole frames.",
                    NuttX::mono),
            new GuestFamily(
                    "Aero, Windows 7",
                    profile("aero"),
                    true,
                    true,
                    "The real driver also wants virtio's structures in BAR 0 and a record queue of 64, and ends without.",
                    AeroWindows7::new),
            new GuestFamily(
                    "brightnes",
                    Map.of(),
                    true,
                    false,
                    "In QEMU it wants `x-no-posted-writes=on`: its header is gone when the notification has returned.",
                    Brightnes::new),
            new GuestFamily("rCore's virtio-drivers", Map.of(), true, false, "", RcoreOs::new),
            new GuestFamily("nxu", Map.of(), true, false, "", Nxu::new));

    private GuestFamilies() {}

    private static Map<String, String> profile(String name) {
        return Map.of("profile", name);
    }
}
