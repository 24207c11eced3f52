using System.IO.MemoryMappedFiles;
using System.Text;

namespace FunctionsRuntime.Queues;

/// <summary>
/// Which messages are being worked on, in a memory-mapped file that outlives a killed process: the next start gives them back
/// at once. A note costs about a microsecond and is never flushed to disk; it need not survive the machine, only the process.
/// </summary>
internal sealed class InFlightJournal : IDisposable
{
    private const int SlotSize = 512;
    private const int Slots = 1024;

    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly Stack<int> free;

    private InFlightJournal(FileStream file)
    {
        map = MemoryMappedFile.CreateFromFile(file, null, SlotSize * Slots, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        view = map.CreateViewAccessor();
        var read = Enumerable.Range(0, Slots).Select(slot => (Slot: slot, Entry: Read(slot))).ToList();
        Left = [.. from note in read where note.Entry is not null select (note.Slot, note.Entry)];
        free = new Stack<int>(from note in read where note.Entry is null select note.Slot);
    }

    /// <summary>What the last process was working on when it died. The notes stay until <see cref="Leave"/>.</summary>
    public IReadOnlyList<(int Slot, Entry Entry)> Left { get; }

    /// <summary>Opens the first journal that no living process holds: two hosts may share a directory.</summary>
    public static InFlightJournal? Open(string? directory)
    {
        if (string.IsNullOrEmpty(directory))
            return null;

        Directory.CreateDirectory(directory);
        for (var i = 0; i < 16; i++)
        {
            try
            {
                var path = Path.Combine(directory, $"in-flight-{i}.journal");
                return new InFlightJournal(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
            }
        }

        return null;
    }

    /// <summary>Notes a message; the note's slot, or -1 where there is no room (the message then comes back when its time is up).</summary>
    public int Enter(Entry entry)
    {
        var text = Encoding.UTF8.GetBytes($"{entry.Queue}\n{entry.MessageId}\n{entry.PopReceipt}");
        int slot;
        lock (free)
        {
            if (text.Length > SlotSize - sizeof(int) || !free.TryPop(out slot))
                return -1;
        }

        // The length comes last: a slot without it does not exist.
        view.WriteArray((slot * SlotSize) + sizeof(int), text, 0, text.Length);
        view.Write(slot * SlotSize, text.Length);
        return slot;
    }

    public void Leave(int slot)
    {
        if (slot < 0)
            return;

        view.Write(slot * SlotSize, 0);
        lock (free)
        {
            free.Push(slot);
        }
    }

    public void Dispose()
    {
        view.Dispose();
        map.Dispose();
    }

    private Entry? Read(int slot)
    {
        var length = view.ReadInt32(slot * SlotSize);
        if (length is <= 0 or > SlotSize - sizeof(int))
            return null;

        var text = new byte[length];
        view.ReadArray((slot * SlotSize) + sizeof(int), text, 0, length);
        return Encoding.UTF8.GetString(text).Split('\n') is [var queue, var messageId, var popReceipt] ? new Entry(queue, messageId, popReceipt) : null;
    }

    internal sealed record Entry(string Queue, string MessageId, string PopReceipt);
}
