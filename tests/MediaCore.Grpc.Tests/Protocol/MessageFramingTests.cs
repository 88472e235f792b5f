using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using FsCheck.Xunit;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Protocol;

namespace MediaCore.Grpc.Tests.Protocol;

public sealed class MessageFramingTests
{
    private static readonly Marshaller<string> s_text = Marshallers.StringMarshaller;
    private static readonly GzipCompressionProvider s_gzip = new(CompressionLevel.Fastest);

    [Property]
    public async Task Messages_WrittenAndRead_AreTheSame_HoweverTheyAreCut(string[] texts, int cut, bool compress)
    {
        string[] messages = [.. texts.Select(static t => new string([.. (t ?? "").Where(static c => !char.IsSurrogate(c))]))];
        ArrayBufferWriter<byte> written = new();
        MessageWriter writer = new(written, 1 << 20) { Compression = compress ? s_gzip : null };
        foreach (string message in messages)
        {
            writer.Write(message, s_text.ContextualSerializer, mayCompress: true);
        }

        PipeReader cutUp = PipeReader.Create(new SegmentedStream(written.WrittenMemory, 1 + Math.Abs(cut % 37)), new StreamPipeReaderOptions(bufferSize: 16, minimumReadSize: 1));
        MessageReader reader = new(cutUp, 1 << 20, compress ? s_gzip : null);
        foreach (string message in messages)
        {
            Assert.Equal(message, await reader.ReadAsync(s_text.ContextualDeserializer, CancellationToken.None));
        }

        Assert.Null(await reader.ReadAsync(s_text.ContextualDeserializer, CancellationToken.None));
    }

    [Theory]
    [InlineData("0000000001", StatusCode.Internal)]
    [InlineData("00000000", StatusCode.Internal)]
    [InlineData("000000000561", StatusCode.Internal)]
    [InlineData("030000000161", StatusCode.Internal)]
    [InlineData("010000000161", StatusCode.Internal)]
    [InlineData("00ffffffff", StatusCode.ResourceExhausted)]
    [InlineData("0000000065", StatusCode.ResourceExhausted)]
    public async Task Stream_ThatIsNoMessage_HasAStatus(string hex, StatusCode status)
    {
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await ReaderOf(Convert.FromHexString(hex), 100).ReadAsync(s_text.ContextualDeserializer, CancellationToken.None));
        Assert.Equal(status, thrown.StatusCode);
    }

    [Fact]
    public async Task TooLongMessage_IsRefusedByItsLength_BeforeItsBytesCome()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteAsync(new byte[] { 0, 0, 0, 0, 101 });
        MessageReader reader = new(pipe.Reader, 100, null);
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(s_text.ContextualDeserializer, CancellationToken.None));
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SingleMessage_WantsOne(int count)
    {
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([0, 0, 0, 0, 1, 97], count).SelectMany(static m => m)];
        MessageReader reader = ReaderOf(bytes, 100);
        if (count == 1)
        {
            Assert.Equal("a", await reader.ReadSingleAsync(s_text.ContextualDeserializer, CancellationToken.None));
            return;
        }

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadSingleAsync(s_text.ContextualDeserializer, CancellationToken.None));
        Assert.Equal(StatusCode.Internal, thrown.StatusCode);
    }

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(10_000, false)]
    public async Task CompressedMessage_IsBoundedByWhatItInflatesTo(int length, bool isTaken)
    {
        ArrayBufferWriter<byte> written = new();
        new MessageWriter(written, int.MaxValue) { Compression = s_gzip }.Write(new string('a', length), s_text.ContextualSerializer, mayCompress: true);
        MessageReader reader = new(PipeReader.Create(new ReadOnlySequence<byte>(written.WrittenMemory)), 100, s_gzip);
        if (isTaken)
        {
            Assert.Equal(length, (await reader.ReadAsync(s_text.ContextualDeserializer, CancellationToken.None))!.Length);
            return;
        }

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(s_text.ContextualDeserializer, CancellationToken.None));
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
    }

    [Fact]
    public void TooLongMessage_IsNotWritten()
    {
        ArrayBufferWriter<byte> written = new();
        MessageWriter writer = new(written, 3);
        RpcException thrown = Assert.Throws<RpcException>(() => writer.Write("four", s_text.ContextualSerializer, mayCompress: false));
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
        Assert.Equal(0, written.WrittenCount);
        Assert.False(writer.IsBroken);
    }

    [Fact]
    public void MarshallerThatThrows_BreaksTheStream_OnlyOnceItHasWritten()
    {
        MessageWriter writer = new(new ArrayBufferWriter<byte>(), 100);
        Assert.Throws<RpcException>(() => writer.Write("x", static (_, _) => throw new InvalidOperationException(), mayCompress: false));
        Assert.False(writer.IsBroken);
        Assert.Throws<RpcException>(() => writer.Write(
            "x",
            static (_, context) =>
            {
                context.SetPayloadLength(5);
                context.GetBufferWriter();
                throw new InvalidOperationException();
            },
            mayCompress: false));
        Assert.True(writer.IsBroken);
    }

    [Fact]
    public void MarshallerWithoutALength_IsBuffered()
    {
        ArrayBufferWriter<byte> written = new();
        new MessageWriter(written, 100).Write(
            "abc",
            static (text, context) =>
            {
                Encoding.ASCII.GetBytes(text, context.GetBufferWriter());
                context.Complete();
            },
            mayCompress: false);
        Assert.Equal([0, 0, 0, 0, 3, .. "abc"u8.ToArray()], written.WrittenSpan.ToArray());
    }

    private static MessageReader ReaderOf(byte[] bytes, int maxBytes) => new(PipeReader.Create(new MemoryStream(bytes)), maxBytes, null);

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class SegmentedStream(ReadOnlyMemory<byte> bytes, int step) : MemoryStream(bytes.ToArray())
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }
}
