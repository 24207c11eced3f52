namespace FamilyPa.FailPoints;

/// <summary>Keeps the number of bytes that the app has allocated in a file.</summary>
public static class Allocations
{
    /// <summary>The environment variable with the file.</summary>
    public const string Variable = "FAMILYPA_ALLOCATIONS";

    /// <summary>How old the number in the file can be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static long Read(string file) => BitConverter.ToInt64(File.ReadAllBytes(file));

    internal static void Record(string file) => new Thread(() =>
    {
        using var handle = File.OpenHandle(file, FileMode.Create, FileAccess.Write, FileShare.Read);
        while (true)
        {
            RandomAccess.Write(handle, BitConverter.GetBytes(GC.GetTotalAllocatedBytes()), 0);
            Thread.Sleep(Interval);
        }
    })
    { IsBackground = true, Name = "allocations" }.Start();
}
