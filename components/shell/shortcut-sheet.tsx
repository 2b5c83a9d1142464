"use client";

import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { HOTKEYS, type HotkeyId, type HotkeyScope } from "@/lib/client/hotkeys";

const SCOPES: readonly HotkeyScope[] = ["Everywhere", "Inspector", "Lists", "Editor"];
const IDS = Object.keys(HOTKEYS) as HotkeyId[];

/** Drawn from the table that binds the keys. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title="Keyboard" size="lg">
      <div className="columns-1 gap-8 sm:columns-2">
        {SCOPES.map((scope) => (
          <section key={scope} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-label text-muted">{scope}</h3>
            <dl>
              {IDS.filter((id) => HOTKEYS[id].scope === scope).map((id) => (
                <div key={id} className="flex h-8 items-center gap-2 border-b border-line last:border-b-0">
                  <dt className="flex-1">{HOTKEYS[id].does}</dt>
                  <dd className="flex items-center gap-1.5">
                    {HOTKEYS[id].keys.map((keys, alternative) => (
                      <Kbd key={keys} hotkey={id} alternative={alternative} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
