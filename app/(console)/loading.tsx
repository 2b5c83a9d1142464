import { SkeletonRows } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <div className="animate-late pt-14">
      <SkeletonRows rows={12} />
    </div>
  );
}
