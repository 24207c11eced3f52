using Azure;
using FamilyPa.Core.Media;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Media;

public sealed class When_recordings_are_stored(Fetching fetching) : IClassFixture<Fetching>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    [InlineData((5 << 20) + 17)]
    public async Task They_read_as_they_were_written_from_any_place(int length)
    {
        var store = await StoreAsync();
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        await WriteAsync(store, $"MM{length}/0", bytes);

        await using var stream = await store.OpenAsync($"MM{length}/0", Cancellation);
        Assert.Equal(length, stream.Length);
        stream.Position = length / 2;
        using var half = new MemoryStream();
        await stream.CopyToAsync(half, Cancellation);
        Assert.Equal(bytes[(length / 2)..], half.ToArray());
    }

    [Fact]
    public async Task Nothing_is_there_before_it_is_committed_and_the_last_one_counts()
    {
        var store = await StoreAsync();
        using (var dropped = store.Write("MMa/0"))
            await dropped.WriteAsync(new byte[3 << 20], Cancellation);
        await Assert.ThrowsAsync<RequestFailedException>(() => store.OpenAsync("MMa/0", Cancellation));

        await WriteAsync(store, "MMa/0", [1]);
        await WriteAsync(store, "MMa/0", [2, 3]);

        await using var stream = await store.OpenAsync("MMa/0", Cancellation);
        Assert.Equal(2, stream.Length);
    }

    [Fact]
    public async Task All_of_a_message_go_together_and_no_other_messages()
    {
        var store = await StoreAsync();
        foreach (var name in (string[])["MMb/0", "MMb/1", "MMb1/0"])
            await WriteAsync(store, name, [1]);

        await store.DeleteAllAsync("MMb", Cancellation);
        await store.DeleteAllAsync("MMb", Cancellation);

        foreach (var name in (string[])["MMb/0", "MMb/1"])
            Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(() => store.OpenAsync(name, Cancellation))).Status);
        await (await store.OpenAsync("MMb1/0", Cancellation)).DisposeAsync();
        await store.DeleteAsync("MMb1/0", Cancellation);
        await store.DeleteAsync("MMb1/0", Cancellation);
    }

    private async Task<MediaStore> StoreAsync()
    {
        await using var nobody = new HostileServer();
        return fetching.Services(nobody).GetRequiredService<MediaStore>();
    }

    private static async Task WriteAsync(MediaStore store, string name, byte[] bytes)
    {
        using var writer = store.Write(name);
        foreach (var piece in bytes.Chunk(100_000))
            await writer.WriteAsync(piece, Cancellation);
        await writer.CommitAsync("audio/ogg", Cancellation);
    }
}
