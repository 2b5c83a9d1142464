import { Checkbox } from "@/components/ui/checkbox";

/** Whether to delete without a way back. */
export function ForGood({ checked, onChange }: { checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <Checkbox
      label={
        <span>
          Delete for good <span className="text-muted">– keep no copy to undo with; for secrets</span>
        </span>
      }
      checked={checked}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}
