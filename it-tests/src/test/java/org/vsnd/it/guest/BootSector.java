// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The smallest guest there is: one sector that a PC's firmware loads to 0x7c00 and jumps to. It looks for the sound card
 * on PCI bus 0, writes itself to the second sector of the disk it came from, says both on the first serial port and halts.
 */
final class BootSector {
    static final int BYTES = 512;
    static final String CARD_FOUND = "vsnd card found";
    static final String NO_CARD = "no card";
    static final String FROM_DISK = " from a disk\r\n";
    static final String FROM_CD = " from a CD\r\n";

    private static final int TEXT_BYTES = 0x10;
    private static final int TEXTS = 0x80; // four of them, zeros after each

    private static final String[] CODE = {
        "31c0", //         0x00 xor ax, ax
        "8ed8", //              mov ds, ax
        "8ec0", //              mov es, ax
        "8ed0", //              mov ss, ax
        "bc007c", //            mov sp, 0x7c00
        "88d3", //              mov bl, dl        ; the firmware's number of the drive we came from
        "53", //                push bx
        "b80103", //            mov ax, 0x0301    ; write one sector
        "b90200", //            mov cx, 0x0002    ; cylinder 0, sector 2, counted from 1
        "30f6", //              xor dh, dh        ; head 0
        "bb007c", //            mov bx, 0x7c00    ; from here, where we are
        "cd13", //              int 0x13          ; a CD refuses, which is as good
        "5b", //                pop bx
        "66b900000080", //      mov ecx, 0x80000000 ; configuration address: enable, bus 0, device 0, register 0
        "baf80c", //       0x22 mov dx, 0xcf8     ; next device:
        "6689c8", //            mov eax, ecx
        "66ef", //              out dx, eax
        "b2fc", //              mov dl, 0xfc      ; dx = 0xcfc
        "66ed", //              in eax, dx        ; device id, vendor id
        "be807c", //            mov si, 0x7c80    ; CARD_FOUND
        "663df41a5910", //      cmp eax, 0x10591af4
        "7413", //              je 0x4c
        "6681c100080000", //    add ecx, 1 << 11  ; the next device
        "6681f900000180", //    cmp ecx, 0x80000000 + (1 << 16)
        "75d9", //              jne 0x22          ; still bus 0
        "be907c", //            mov si, 0x7c90    ; NO_CARD
        "e81100", //       0x4c call 0x60
        "bea07c", //            mov si, 0x7ca0    ; FROM_DISK
        "80fbe0", //            cmp bl, 0xe0      ; SeaBIOS counts disks from 0x80 and CDs from 0xe0
        "7203", //              jb 0x5a
        "beb07c", //            mov si, 0x7cb0    ; FROM_CD
        "e80300", //       0x5a call 0x60
        "f4", //           0x5d hlt
        "ebfd", //              jmp 0x5d
        "baf803", //       0x60 mov dx, 0x3f8     ; say the text at si on the first serial port:
        "ac", //           0x63 lodsb
        "84c0", //              test al, al
        "7403", //              jz 0x6b
        "ee", //                out dx, al
        "ebf8", //              jmp 0x63
        "c3", //           0x6b ret
    };

    private BootSector() {}

    /** The sector, with the signature that makes it one to the firmware. */
    static byte[] bytes() {
        byte[] code = HexFormat.of().parseHex(String.join("", CODE));
        byte[] sector = Arrays.copyOf(code, BYTES);
        int at = TEXTS;
        for (String text : new String[] {CARD_FOUND, NO_CARD, FROM_DISK, FROM_CD}) {
            byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(ascii, 0, sector, at, ascii.length);
            at += TEXT_BYTES;
        }
        sector[BYTES - 2] = 0x55;
        sector[BYTES - 1] = (byte) 0xaa;
        return sector;
    }
}
