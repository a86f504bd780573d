// A container: says what it does, fails if it is told to, and has something to say when it is ended.
process.on('SIGTERM', () => {
  console.log(JSON.stringify({ level: 'warn', message: 'asked to end' }));
  console.log('bye');
  process.exit(0);
});
console.log(JSON.stringify({ level: 'info', message: 'begun' }));
if (process.env.FAILS) {
  console.error('giving up');
  process.exit(3);
}
setInterval(() => undefined, 1_000);
