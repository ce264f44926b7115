import { serve } from "../_shared/serve.ts";

// mail-get-55
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "mail-get-55", id }));
});
