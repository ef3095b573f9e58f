// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.card;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.VirtioCapability;

/**
 * Where a card has its structures, found as a driver finds them: through the capability list. Two cards' layouts lead from
 * a place of the one to the same place of the other.
 */
public final class CardLayout {
    private static final int CAPABILITY_POINTER = 0x34;
    private static final int FIRST_CAPABILITY = 0x40;
    private static final int MSIX_CAPABILITY_LENGTH = 12;
    private static final int MSIX_ENTRY_BYTES = 16;
    private static final int NOTIFY_MULTIPLIER = 16;
    private static final int BAR_INDEX_BITS = 7;

    /**
     * One entry of the list.
     *
     * @param type cfg_type of a virtio capability; 0 for all others
     */
    public record Entry(int id, int type, int offset, int length) {
        public boolean isVirtio() {
            return id == PciCapability.VENDOR;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Map<Structure, Structure.Region> regions = new EnumMap<>(Structure.class);
    private int msixVectors;

    private CardLayout() {}

    /** Walks the list as far as the image goes. */
    public static CardLayout of(ConfigImage image) {
        CardLayout layout = new CardLayout();
        BitSet seen = new BitSet();
        int at = (int) image.get(CAPABILITY_POINTER, 1) & ~3;
        while (at >= FIRST_CAPABILITY && !seen.get(at) && image.isKnown(at, 2)) {
            seen.set(at);
            layout.add(image, at);
            at = (int) image.get(at + 1, 1) & ~3;
        }
        return layout;
    }

    private void add(ConfigImage image, int at) {
        int id = (int) image.get(at, 1);
        switch (id) {
            case PciCapability.VENDOR -> addVirtio(image, at);
            case PciCapability.MSIX -> {
                entries.add(new Entry(id, 0, at, MSIX_CAPABILITY_LENGTH));
                msixVectors = (int) (image.get(at + 2, 2) & 0x7ff) + 1;
                addMsix(Structure.MSIX_TABLE, image.get(at + 4, 4), (long) msixVectors * MSIX_ENTRY_BYTES);
                addMsix(Structure.MSIX_PBA, image.get(at + 8, 4), (msixVectors + 63L) / 64 * Long.BYTES);
            }
            default -> entries.add(new Entry(id, 0, at, id == PciCapability.EXPRESS ? 0x3c : 4));
        }
    }

    private void addMsix(Structure structure, long pointer, long length) {
        int bar = (int) pointer & BAR_INDEX_BITS;
        regions.putIfAbsent(structure, new Structure.Region(bar, pointer & ~BAR_INDEX_BITS, length));
    }

    private void addVirtio(ConfigImage image, int at) {
        int type = (int) image.get(at + 3, 1);
        int length = Math.max((int) image.get(at + 2, 1), NOTIFY_MULTIPLIER);
        entries.add(new Entry(PciCapability.VENDOR, type, at, length));
        Structure structure = switch (type) {
            case VirtioCapability.COMMON -> Structure.COMMON;
            case VirtioCapability.NOTIFY -> Structure.NOTIFY;
            case VirtioCapability.ISR -> Structure.ISR;
            case VirtioCapability.DEVICE -> Structure.DEVICE;
            default -> null;
        };
        if (structure != null && image.isKnown(at + 4, 1) && image.isKnown(at + 8, 8)) {
            regions.putIfAbsent(
                    structure,
                    new Structure.Region((int) image.get(at + 4, 1), image.get(at + 8, 4), image.get(at + 12, 4)));
        }
    }

    /** Entries of the MSI-X table, 0 without the capability. */
    public int msixVectors() {
        return msixVectors;
    }

    /** Where a structure lies. */
    public Optional<Structure.Region> region(Structure structure) {
        return Optional.ofNullable(regions.get(structure));
    }

    /** What lies at an offset of a BAR. */
    public Optional<Structure.Place> place(int bar, long offset) {
        for (Map.Entry<Structure, Structure.Region> entry : regions.entrySet()) {
            if (entry.getValue().holds(bar, offset)) {
                return Optional.of(new Structure.Place(
                        entry.getKey(), offset - entry.getValue().offset()));
            }
        }
        return Optional.empty();
    }

    /** The capability that holds an offset of configuration space. */
    public Optional<Entry> capabilityAt(int offset) {
        return entries.stream()
                .filter(entry -> offset >= entry.offset() && offset < entry.offset() + entry.length())
                .findFirst();
    }

    /** The first capability of the same kind. */
    public Optional<Entry> like(Entry other) {
        return entries.stream()
                .filter(entry -> entry.id() == other.id() && entry.type() == other.type())
                .findFirst();
    }
}
