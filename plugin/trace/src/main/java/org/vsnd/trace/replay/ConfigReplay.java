// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.PciProbe;
import org.vsnd.guest.driver.VirtioCapability;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.CardLayout;

/**
 * Accesses to configuration space: header registers at their offsets, capabilities where this card has the like. What
 * identifies the card and what the driver has set must read as in the trace; where structures are, and how large the BARs
 * are, is the card's right.
 */
final class ConfigReplay {
    private static final int HEADER_BYTES = 0x40;
    private static final int BAR_0 = 0x10;
    private static final int BARS_END = 0x28;
    private static final int CACHE_LINE_SIZE = 0x0c;
    private static final int SUBSYSTEM = 0x2c;
    private static final int CAPABILITY_POINTER = 0x34;
    private static final int INTERRUPT_LINE = 0x3c;
    private static final int INTERRUPT_PIN = 0x3d;
    private static final int MSIX_CONTROL = 2;
    private static final int HEADER_TYPE = 0x0e;
    private static final int PCI_CFG_DATA = 16;
    /** By offset: vendor 1af4, device 1059, revision 1, class 040100; -1: says nothing of this kind. */
    private static final int[] IDENTITY = {0xf4, 0x1a, 0x59, 0x10, -1, -1, -1, -1, 1, 0, 1, 4};

    private final ReplayBus bus;
    private final CardLayout traced;
    private final CardLayout own;
    private final DriverShadow shadow;
    private final Findings findings;

    ConfigReplay(ReplayContext stage) {
        bus = stage.bus();
        traced = stage.traced().layout();
        own = stage.own().layout();
        shadow = stage.shadow();
        findings = stage.findings();
    }

    void access(TraceStep.ConfigAccess access, int line) {
        if (access.offset() + access.size() <= HEADER_BYTES) {
            header(access, line);
            return;
        }
        CardLayout.Entry tracedEntry = traced.capabilityAt(access.offset()).orElse(null);
        CardLayout.Entry entry =
                tracedEntry == null ? null : own.like(tracedEntry).orElse(null);
        if (tracedEntry == null || entry == null) {
            String what = tracedEntry == null
                    ? "configuration space outside any known capability"
                    : "capability 0x" + Integer.toHexString(tracedEntry.id())
                            + (tracedEntry.isVirtio() ? " of type " + tracedEntry.type() : "");
            findings.differ(line, what, "which capabilities there are is the card's right", "there", "not looked at");
            return;
        }
        capability(access, tracedEntry, entry, line);
    }

    private void header(TraceStep.ConfigAccess access, int line) {
        int offset = access.offset();
        findings.countAccess();
        if (access.write()) {
            bus.writeConfig(offset, access.size(), (int) access.value());
            wrote(offset, access.size(), access.value());
            return;
        }
        long came = Integer.toUnsignedLong(bus.readConfig(offset, access.size()));
        for (int i = 0; i < access.size(); i++) {
            compare(offset + i, Hex.byteAt(access.value(), i), Hex.byteAt(came, i), line);
        }
    }

    private void wrote(int offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            int part = Hex.byteAt(value, i);
            switch (offset + i) {
                case PciProbe.COMMAND -> shadow.wroteCommand(0, part);
                case PciProbe.COMMAND + 1 -> shadow.wroteCommand(1, part);
                case CACHE_LINE_SIZE -> shadow.wroteCacheLine(part);
                case INTERRUPT_LINE -> shadow.wroteInterruptLine(part);
                default -> {}
            }
        }
    }

    /** One byte of the header. What the driver has set must read as set, whatever it is in the trace. */
    private void compare(int offset, int expected, int came, int line) {
        int strict = strictBits(offset);
        if (offset < IDENTITY.length && IDENTITY[offset] >= 0) {
            compareIdentity(offset, expected, came, line);
            return;
        }
        boolean isSet = (offset == PciProbe.COMMAND || offset == PciProbe.COMMAND + 1) && shadow.knowsCommand();
        int demanded = isSet ? Hex.byteAt(shadow.command(), offset - PciProbe.COMMAND) : expected;
        if ((demanded & strict) != (came & strict)) {
            findings.fail(line, headerName(offset), Hex.of(demanded), Hex.of(came));
        } else if (offset == INTERRUPT_PIN && expected != 0 && came == 0) {
            findings.fail(line, "interrupt pin", Hex.of(expected), Hex.of(came));
        } else if (expected != came) {
            findings.differ(
                    line,
                    headerName(offset),
                    isPlace(offset) ? "where structures are is the card's right" : "no driver must know it",
                    Hex.of(expected),
                    Hex.of(came));
        }
    }

    /** What tells a driver that this is a virtio sound card: as in the trace, or as it must be. */
    private void compareIdentity(int offset, int traced, int came, int line) {
        if (came != traced && came != IDENTITY[offset]) {
            findings.fail(line, headerName(offset), Hex.of(traced), Hex.of(came));
        } else if (came != traced) {
            findings.differ(
                    line,
                    headerName(offset),
                    "every known guest takes this for a virtio sound card (4.1.2)",
                    Hex.of(traced),
                    Hex.of(came));
        }
    }

    private int strictBits(int offset) {
        return switch (offset) {
            case PciProbe.COMMAND -> PciProbe.COMMAND_MEMORY | PciProbe.COMMAND_BUS_MASTER;
            case PciProbe.COMMAND + 1 -> PciProbe.COMMAND_INTX_DISABLE >> 8;
            case PciProbe.STATUS -> 0x10; // there is a capability list
            case HEADER_TYPE -> 0x7f;
            case CACHE_LINE_SIZE -> shadow.cacheLine() >= 0 ? 0xff : 0;
            case INTERRUPT_LINE -> shadow.interruptLine() >= 0 ? 0xff : 0;
            default -> 0;
        };
    }

    private static boolean isPlace(int offset) {
        return (offset >= BAR_0 && offset < BARS_END) || offset == CAPABILITY_POINTER;
    }

    private static String headerName(int offset) {
        if (offset >= BAR_0 && offset < BARS_END) {
            return "BAR register " + (offset - BAR_0) / 4;
        }
        return switch (offset) {
            case 0, 1 -> "vendor id";
            case 2, 3 -> "device id";
            case PciProbe.COMMAND, PciProbe.COMMAND + 1 -> "command register";
            case PciProbe.STATUS, PciProbe.STATUS + 1 -> "status register";
            case 8 -> "revision";
            case 9, 10, 11 -> "class code";
            case HEADER_TYPE -> "header type";
            case SUBSYSTEM, SUBSYSTEM + 1, SUBSYSTEM + 2, SUBSYSTEM + 3 -> "subsystem ids";
            case CAPABILITY_POINTER -> "capability pointer";
            case INTERRUPT_LINE -> "interrupt line";
            case INTERRUPT_PIN -> "interrupt pin";
            default -> "header register 0x" + Integer.toHexString(offset);
        };
    }

    private void capability(
            TraceStep.ConfigAccess access, CardLayout.Entry tracedEntry, CardLayout.Entry entry, int line) {
        int within = access.offset() - tracedEntry.offset();
        int at = entry.offset() + within;
        boolean window = tracedEntry.isVirtio() && tracedEntry.type() == VirtioCapability.PCI_CFG;
        if (window && (access.write() || within + access.size() > PCI_CFG_DATA)) {
            findings.differ(
                    line, "accesses through PCI_CFG", "they name offsets of the traced card", "done", "left out");
            return;
        }
        findings.countAccess();
        if (access.write()) {
            bus.writeConfig(at, access.size(), (int) access.value());
            if (entry.id() == PciCapability.MSIX && within <= MSIX_CONTROL && within + access.size() > MSIX_CONTROL) {
                shadow.wroteMsixControl(bus.readConfig(entry.offset() + MSIX_CONTROL, 2));
            }
            return;
        }
        long came = Integer.toUnsignedLong(bus.readConfig(at, access.size()));
        for (int i = 0; i < access.size(); i++) {
            int expected = Hex.byteAt(access.value(), i);
            int found = Hex.byteAt(came, i);
            if (expected != found && isStrict(entry, within + i)) {
                findings.fail(line, capabilityName(entry, within + i), Hex.of(expected), Hex.of(found));
            } else if (expected != found) {
                findings.differ(
                        line,
                        capabilityName(entry, within + i),
                        "where structures are is the card's right",
                        Hex.of(expected),
                        Hex.of(found));
            }
        }
    }

    private static boolean isStrict(CardLayout.Entry entry, int within) {
        return within == 0
                || (entry.isVirtio() && within == 3)
                || (entry.id() == PciCapability.MSIX && (within == MSIX_CONTROL || within == MSIX_CONTROL + 1));
    }

    private static String capabilityName(CardLayout.Entry entry, int within) {
        if (within == 1) {
            return "pointers from capability to capability";
        }
        if (entry.id() == PciCapability.MSIX) {
            return within < 4 ? "MSI-X message control" : "MSI-X table and pending bits: where they are";
        }
        if (!entry.isVirtio()) {
            return "capability 0x" + Integer.toHexString(entry.id());
        }
        String type = switch (entry.type()) {
            case VirtioCapability.COMMON -> "common configuration";
            case VirtioCapability.NOTIFY -> "notifications";
            case VirtioCapability.ISR -> "ISR";
            case VirtioCapability.PCI_CFG -> "PCI_CFG";
            default -> "device configuration";
        };
        return within == 3 ? "cfg_type of " + type : "virtio capability of " + type + ": where it is";
    }
}
